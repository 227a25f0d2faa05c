import { Group, Pill, TagsInput, Text } from "@mantine/core";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { tellDone } from "~/common/tell.tsx";
import { useDraft } from "./draft.ts";
import { ifUnchanged, type Known, useChange } from "./node.ts";
import { SaveBar } from "./SaveBar.tsx";

/** The tags of a node. */
export function Tags({ known, mayChange }: { known: Known; mayChange: boolean }) {
  const t = useTranslations("tree.tags");
  const current = known.node.tags ?? [];
  const draft = useDraft(current);
  const change = useChange(
    async () => {
      await client.PUT("/api/v1/nodes/{node}/tags", {
        params: { path: { node: known.node.id } },
        headers: ifUnchanged(known),
        body: draft.value,
      });
      return draft.value;
    },
    (sent) => {
      draft.settle(sent);
      tellDone(t("done"));
    },
  );
  if (!mayChange) {
    return current.length === 0 ? (
      <Text size="sm" c="dimmed">
        {t("none")}
      </Text>
    ) : (
      <Group gap={4}>
        {current.map((tag) => (
          <Pill key={tag} maw="100%">
            {tag}
          </Pill>
        ))}
      </Group>
    );
  }
  return (
    <>
      <TagsInput
        mt="xs"
        aria-label={t("label")}
        placeholder={draft.value.length === 0 ? t("placeholder") : ""}
        value={draft.value}
        onChange={draft.set}
      />
      <SaveBar draft={draft} change={change} save={() => change.mutate()} />
    </>
  );
}
