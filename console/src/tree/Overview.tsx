import { Paper, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { useMay } from "~/app/may.ts";
import { Time } from "~/common/Time.tsx";
import { ExternalIds } from "./ExternalIds.tsx";
import type { Known } from "./node.ts";
import { Properties } from "./Properties.tsx";
import { Tags } from "./Tags.tsx";

/** What asks a permission of its own beside that of the tree. */
const OWN_PERMISSION: Readonly<Record<string, "user_manage" | "group_manage">> = {
  user: "user_manage",
  service_account: "user_manage",
  group: "group_manage",
};

/** What a node carries: properties, tags, ids in other systems. */
export function Overview({ known }: { known: Known }) {
  const t = useTranslations("tree.overview");
  const { node } = known;
  const may = useMay(["node:update", "user_manage", "group_manage"], node.id);
  const own = OWN_PERMISSION[node.kind];
  const mayChange = node.kind !== "global" && may.has("node:update") && (own === undefined || may.has(own));
  return (
    <Stack gap="md">
      <Section title={t("properties")} lead={t("propertiesLead")}>
        <Properties known={known} mayChange={mayChange} />
      </Section>
      <Section title={t("tags")}>
        <Tags known={known} mayChange={mayChange} />
      </Section>
      <Section title={t("externalIds")} lead={t("externalIdsLead")}>
        <ExternalIds known={known} mayChange={mayChange} />
      </Section>
      <Text size="xs" c="dimmed" className="told">
        {t("id", { id: node.id })} · {t("created")} <Time at={node.created_at} /> · {t("updated")}{" "}
        <Time at={node.updated_at} />
      </Text>
    </Stack>
  );
}

function Section({ title, lead, children }: { title: string; lead?: string; children: ReactNode }) {
  return (
    <Paper withBorder p="md" component="section">
      <Title order={3} size="h5">
        {title}
      </Title>
      {lead && (
        <Text size="sm" c="dimmed" mb="xs">
          {lead}
        </Text>
      )}
      {children}
    </Paper>
  );
}
