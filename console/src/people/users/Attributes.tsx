import { ActionIcon, Button, Card, Group, Select, Stack, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { tellDone } from "~/common/tell.tsx";
import { CardHead } from "../CardHead.tsx";
import { READ } from "../deed.ts";
import { anyObject, atRead, type Read } from "./paths.ts";
import { emptyRow, type Row, rowsOf, SORTS, type Sort, told } from "./values.ts";

/** What administrators say about a user, for conditions. */
export function Attributes({ user, tag }: Read) {
  const t = useTranslations("people.attributes");
  const app = useTranslations("app.do");
  const queries = useQueryClient();
  const [rows, setRows] = useState(() => rowsOf(user.attributes));
  const [touched, setTouched] = useState(false);
  const change = (next: Row[]) => {
    setRows(next);
    setTouched(true);
  };
  const save = useMutation({
    mutationFn: () =>
      client.PATCH("/api/v1/realms/{realm}/users/{username}", {
        ...atRead({ user, tag }),
        body: { attributes: anyObject(Object.fromEntries(rows.map((row) => [row.name, told(row)]))) },
      }),
    onSuccess: () => {
      setTouched(false);
      tellDone(t("done"));
      return queries.invalidateQueries({ queryKey: READ });
    },
  });
  const doubled = (row: Row) => rows.some((other) => other.id !== row.id && other.name === row.name);
  const wrong = rows.some((row) => row.name === "" || doubled(row) || told(row) === undefined);
  return (
    <Card withBorder>
      <Stack>
        <CardHead title={t("title")} lead={t("lead")} />
        {rows.map((row) => (
          <AttributeRow
            key={row.id}
            row={row}
            doubled={doubled(row)}
            onChange={(next) => change(rows.map((other) => (other.id === row.id ? next : other)))}
            onRemove={() => change(rows.filter((other) => other.id !== row.id))}
          />
        ))}
        <ProblemAlert error={save.error} />
        <Group>
          <Button
            variant="default"
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => change([...rows, emptyRow()])}
          >
            {t("add")}
          </Button>
          {touched && (
            <>
              <Button loading={save.isPending} disabled={wrong} onClick={() => save.mutate()}>
                {app("save")}
              </Button>
              <Button
                variant="subtle"
                onClick={() => {
                  setRows(rowsOf(user.attributes));
                  setTouched(false);
                }}
              >
                {app("cancel")}
              </Button>
            </>
          )}
        </Group>
      </Stack>
    </Card>
  );
}

interface RowProps {
  row: Row;
  doubled: boolean;
  onChange(row: Row): void;
  onRemove(): void;
}

function AttributeRow({ row, doubled, onChange, onRemove }: RowProps) {
  const t = useTranslations("people.attributes");
  const turn = (sort: Sort | null) => {
    if (sort !== null) onChange({ ...row, sort, text: sort === "truth" ? "true" : row.text });
  };
  return (
    <Group align="flex-start" gap="xs">
      <TextInput
        flex={1}
        miw={130}
        aria-label={t("name")}
        placeholder={t("name")}
        value={row.name}
        error={doubled && row.name !== "" && t("doubled")}
        onChange={(event) => onChange({ ...row, name: event.currentTarget.value })}
      />
      <Select<Sort>
        w={120}
        aria-label={t("sort")}
        allowDeselect={false}
        data={SORTS.map((value) => ({ value, label: t(`sorts.${value}`) }))}
        value={row.sort}
        onChange={turn}
      />
      {row.sort === "truth" ? (
        <Select
          flex={2}
          miw={130}
          aria-label={t("value")}
          allowDeselect={false}
          data={[
            { value: "true", label: t("yes") },
            { value: "false", label: t("no") },
          ]}
          value={row.text === "true" ? "true" : "false"}
          onChange={(text) => onChange({ ...row, text: text ?? "false" })}
        />
      ) : (
        <TextInput
          flex={2}
          miw={130}
          aria-label={t("value")}
          placeholder={t("value")}
          value={row.text}
          error={
            row.text !== "" && told(row) === undefined && t(row.sort === "number" ? "noNumber" : "noJson")
          }
          onChange={(event) => onChange({ ...row, text: event.currentTarget.value })}
        />
      )}
      <ActionIcon
        mt={4}
        variant="subtle"
        color="red"
        onClick={onRemove}
        aria-label={t("remove", { name: row.name })}
      >
        <IconTrash size={16} aria-hidden />
      </ActionIcon>
    </Group>
  );
}
