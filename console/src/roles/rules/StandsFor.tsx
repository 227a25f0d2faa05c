import { Text } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { CheckedRule } from "./check.ts";
import type { RuleDraft } from "./rule.ts";

/** How many permissions are named on the line. */
const NAMED = 6;

/** Which permissions a rule stands for now. Its line is kept free, so that nothing moves while one types. */
export function StandsFor({ rule, checked }: { rule: RuleDraft; checked: CheckedRule | undefined }) {
  const t = useTranslations("roles.rules");
  const pattern = rule.pattern.split("@")[0] ?? "";
  const says = () => {
    if (!checked || checked.errors.some(({ field }) => field === "" || field.startsWith("/allow"))) return "";
    const { permissions, total } = checked;
    if (!pattern.includes("*")) return total === 0 ? t("unregistered") : "";
    if (total === 0) return t("matchesNothing");
    const names = permissions.slice(0, NAMED).join(", ");
    return t("matches", { names, more: total - Math.min(total, NAMED) });
  };
  return (
    <Text size="xs" c="dimmed" mih="1.5em" mt={2} className="told" role="status">
      {says()}
    </Text>
  );
}
