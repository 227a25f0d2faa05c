import { Button, Group, Text, Textarea } from "@mantine/core";
import { IconBraces, IconPlus, IconTable } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { tellDone } from "~/common/tell.tsx";
import { useDraft } from "./draft.ts";
import { ifUnchanged, type Known, useChange } from "./node.ts";
import { PropertyLines } from "./PropertyLines.tsx";
import { difference, lines, mistake, parseObject, type Values, values } from "./property.ts";
import { SaveBar } from "./SaveBar.tsx";

/** The properties of a node, as a table or as JSON. */
export function Properties({ known, mayChange }: { known: Known; mayChange: boolean }) {
  const t = useTranslations("tree.properties");
  const current: Values = known.node.properties ?? {};
  const draft = useDraft(lines(current));
  // What is typed as JSON, while it is.
  const [json, setJson] = useState<string>();
  const typed = json === undefined ? values(draft.value) : parseObject(json);
  const isWrong = json === undefined ? draft.value.some((line) => mistake(line, draft.value)) : !typed;
  const change = useChange(
    async () => {
      await client.PATCH("/api/v1/nodes/{node}/properties", {
        params: { path: { node: known.node.id } },
        headers: ifUnchanged(known),
        body: difference(current, typed ?? {}),
      });
      return { lines: draft.value, json, all: typed ?? {} };
    },
    (sent) => {
      draft.settle(sent.lines);
      setJson((before) => (before === sent.json && before !== undefined ? pretty(sent.all) : before));
      tellDone(t("done"));
    },
  );
  const add = () => {
    const key = Math.max(-1, ...draft.value.map((line) => line.key)) + 1;
    draft.set([...draft.value, { key, name: "", type: "text", text: "", list: [] }]);
  };
  const toTable = () => {
    if (typed && json !== undefined) draft.set(lines(typed));
    setJson(undefined);
  };
  const editing = {
    ...draft,
    isChanged: draft.isChanged || (json !== undefined && json !== pretty(current)),
  };
  const reset = () => {
    draft.reset();
    setJson((before) => (before === undefined ? undefined : pretty(current)));
  };
  return (
    <>
      {json === undefined ? (
        <PropertyLines lines={draft.value} set={draft.set} readOnly={!mayChange} />
      ) : (
        <Textarea
          aria-label={t("json")}
          autosize
          minRows={4}
          maxRows={24}
          readOnly={!mayChange}
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
          value={json}
          onChange={(event) => setJson(event.currentTarget.value)}
          error={isWrong && t("wrong.object")}
        />
      )}
      {json === undefined && draft.value.length === 0 && (
        <Text size="sm" c="dimmed">
          {mayChange ? t("none") : t("noneToSee")}
        </Text>
      )}
      <Group gap="xs" mt="xs">
        {mayChange && json === undefined && (
          <Button size="xs" variant="default" leftSection={<IconPlus size={14} aria-hidden />} onClick={add}>
            {t("add")}
          </Button>
        )}
        <Button
          size="xs"
          variant="subtle"
          disabled={isWrong}
          leftSection={
            json === undefined ? <IconBraces size={14} aria-hidden /> : <IconTable size={14} aria-hidden />
          }
          onClick={() => (json === undefined ? setJson(pretty(typed ?? {})) : toTable())}
        >
          {json === undefined ? t("asJson") : t("asTable")}
        </Button>
      </Group>
      <SaveBar draft={{ ...editing, reset }} change={change} invalid={isWrong} save={() => change.mutate()} />
    </>
  );
}

function pretty(all: Values): string {
  return JSON.stringify(all, null, 2);
}
