import { Badge, Text } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { Schema } from "~/api/client.ts";

/** What somebody is signed in with. */
export function Device({ session }: { session: Schema<"SessionView"> }) {
  const t = useTranslations("people.sessions");
  const { device_name, user_agent, impersonator, method } = session;
  return (
    <>
      <Text size="sm" className="told" lineClamp={2} title={user_agent ?? undefined}>
        <bdi>{device_name ?? user_agent ?? t("unknown")}</bdi>
      </Text>
      <Text size="xs" c="dimmed" className="told">
        {t("by", { method })}
      </Text>
      {impersonator && (
        <Badge tt="none" variant="default">
          {t("impersonated", { impersonator })}
        </Badge>
      )}
    </>
  );
}
