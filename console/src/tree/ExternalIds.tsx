import { ActionIcon, Button, Group, Stack, Table, Text, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { tellDone } from "~/common/tell.tsx";
import { useDraft } from "./draft.ts";
import { ifUnchanged, type Known, useChange } from "./node.ts";
import { SaveBar } from "./SaveBar.tsx";

interface Line {
  key: number;
  system: string;
  id: string;
}

/** The ids of a node in other systems. */
export function ExternalIds({ known, mayChange }: { known: Known; mayChange: boolean }) {
  const t = useTranslations("tree.externalIds");
  const current = Object.entries(known.node.external_ids ?? {}).map(([system, id], key) => ({
    key,
    system,
    id,
  }));
  const draft = useDraft<Line[]>(current);
  const systems = draft.value.map(({ system }) => system);
  const isWrong =
    draft.value.some(({ system, id }) => !system || !id) || new Set(systems).size < systems.length;
  const change = useChange(
    async () => {
      await client.PUT("/api/v1/nodes/{node}/external-ids", {
        params: { path: { node: known.node.id } },
        headers: ifUnchanged(known),
        body: Object.fromEntries(draft.value.map(({ system, id }) => [system, id])),
      });
      return draft.value;
    },
    (sent) => {
      draft.settle(sent);
      tellDone(t("done"));
    },
  );
  const set = (line: Line) => draft.set(draft.value.map((other) => (other.key === line.key ? line : other)));
  const add = () => {
    const key = Math.max(-1, ...draft.value.map((line) => line.key)) + 1;
    draft.set([...draft.value, { key, system: "", id: "" }]);
  };
  if (!mayChange) return <Plain lines={current} />;
  return (
    <Stack gap="xs">
      {draft.value.map((line) => (
        <Group key={line.key} gap="xs" wrap="nowrap" align="flex-start">
          <TextInput
            flex="2 1 80px"
            aria-label={t("system")}
            placeholder={t("system")}
            value={line.system}
            maxLength={255}
            error={systems.filter((system) => system && system === line.system).length > 1 && t("twice")}
            onChange={(event) => set({ ...line, system: event.currentTarget.value })}
          />
          <TextInput
            flex="3 1 120px"
            aria-label={t("id")}
            placeholder={t("id")}
            value={line.id}
            maxLength={255}
            onChange={(event) => set({ ...line, id: event.currentTarget.value })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={t("remove", { system: line.system })}
            onClick={() => draft.set(draft.value.filter(({ key }) => key !== line.key))}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </Group>
      ))}
      <div>
        <Button size="xs" variant="default" leftSection={<IconPlus size={14} aria-hidden />} onClick={add}>
          {t("add")}
        </Button>
      </div>
      <SaveBar draft={draft} change={change} invalid={isWrong} save={() => change.mutate()} />
    </Stack>
  );
}

function Plain({ lines }: { lines: readonly Line[] }) {
  const t = useTranslations("tree.externalIds");
  if (lines.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t("none")}
      </Text>
    );
  }
  return (
    <Table className="tree-values" aria-label={t("table")}>
      <Table.Tbody>
        {lines.map(({ key, system, id }) => (
          <Table.Tr key={key}>
            <Table.Th className="told" scope="row">
              {system}
            </Table.Th>
            <Table.Td className="told">{id}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
