import { Code, Group, List, Stack, Text } from "@mantine/core";
import { useTranslations } from "use-intl";
import { EffectBadge } from "./EffectBadge.tsx";
import { draftOf, type RuleDraft, type RuleInput } from "./rule.ts";

/** Rules to read: one line a rule, with what narrows it below. */
export function RuleLines({ rules }: { rules: readonly RuleInput[] }) {
  const t = useTranslations("roles.rules");
  if (rules.length === 0) return <Text c="dimmed">{t("none")}</Text>;
  return (
    <Stack gap="xs" component="ul" m={0} p={0} style={{ listStyle: "none" }}>
      {rules.map(draftOf).map((rule) => (
        <li key={rule.key}>
          <Group gap="xs" wrap="nowrap" align="flex-start">
            <EffectBadge deny={rule.deny} />
            <div>
              <Code className="told" fz="sm">
                {rule.pattern}
              </Code>
              <Narrowed rule={rule} />
            </div>
          </Group>
        </li>
      ))}
    </Stack>
  );
}

function Narrowed({ rule }: { rule: RuleDraft }) {
  const t = useTranslations("roles.rules");
  const parts = [
    { name: t("except"), value: rule.except.join(", ") },
    { name: t("when"), value: rule.when ?? "" },
    { name: t("fields"), value: rule.fields?.join(", ") ?? "" },
    { name: t("rows"), value: rule.rows ?? "" },
  ].filter(({ value }) => value !== "");
  if (parts.length === 0) return null;
  return (
    <List size="sm" listStyleType="none" mt={2}>
      {parts.map(({ name, value }) => (
        <List.Item key={name}>
          <Text span size="sm" c="dimmed">
            {name}:
          </Text>{" "}
          <Code className="told">{value}</Code>
        </List.Item>
      ))}
    </List>
  );
}
