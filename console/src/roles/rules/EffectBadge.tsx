import { Badge } from "@mantine/core";
import { IconBan, IconCheck } from "@tabler/icons-react";
import { useTranslations } from "use-intl";

/** Allow or deny: by sign, word and colour. */
export function EffectBadge({ deny }: { deny: boolean }) {
  const t = useTranslations("roles.rules");
  const Icon = deny ? IconBan : IconCheck;
  return (
    <Badge
      color={deny ? "red.9" : "green.9"}
      variant="filled"
      radius="sm"
      leftSection={<Icon size={12} stroke={2.5} aria-hidden />}
      tt="none"
    >
      {deny ? t("deny") : t("allow")}
    </Badge>
  );
}
