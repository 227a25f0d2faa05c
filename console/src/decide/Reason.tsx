import { List, Text } from "@mantine/core";
import { useTranslations } from "use-intl";
import { ruleText } from "./rule_text.ts";
import type { Told } from "./Why.tsx";

/** Kinds of reasons that have words of their own. */
const KINDS = [
  "superuser",
  "operator",
  "not_active",
  "restricted",
  "unknown_subject",
  "unknown_node",
  "job_for_nobody",
  "superusers_only",
  "no_allow",
] as const;

/** Why, in a few plain words. */
export function Reason({ told }: { told: Told }) {
  const t = useTranslations("decide.reason");
  const { reason, misses } = told;
  if (reason.rule) {
    const { rule, role, subject, node, effect } = reason.rule;
    const direct = reason.rule.group_path.length === 0;
    const words = {
      rule: ruleText(rule),
      role: role.name,
      subject: subject.path ?? subject.id,
      node: node.path ?? node.id,
    };
    const key = effect === "allow" ? "allows" : "denies";
    return <Text className="told">{t(direct ? `${key}Directly` : key, words)}</Text>;
  }
  const kind = KINDS.find((one) => one === reason.kind);
  return (
    <>
      <Text className="told">{kind ? t(kind) : reason.text}</Text>
      {misses.length > 0 && (
        <List size="sm">
          {misses.map((miss) => (
            <List.Item key={miss.key} className="told">
              {t(`almost.${miss.missing}`, { role: miss.role.name })}
            </List.Item>
          ))}
        </List>
      )}
    </>
  );
}
