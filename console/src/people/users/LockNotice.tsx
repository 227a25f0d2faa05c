import { Alert, Button, Group, Text } from "@mantine/core";
import { IconBan, IconClockOff, IconLock } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { ExactTime } from "~/common/Time.tsx";
import { useDeed } from "../deed.ts";
import { atRead, type Read } from "./paths.ts";

/** Why a user cannot come in, and the way back, where that is so. */
export function LockNotice({ user, tag }: Read) {
  const t = useTranslations("people.lock");
  const { username, lock } = user;
  const unlock = useDeed(
    () => client.POST("/api/v1/realms/{realm}/users/{username}/unlock", atRead({ user, tag })),
    () => t("unlocked", { username }),
  );
  const enable = useDeed(
    () => client.POST("/api/v1/realms/{realm}/users/{username}/enable", atRead({ user, tag })),
    () => t("enabled", { username }),
  );
  return (
    <>
      {user.disabled && (
        <Alert color="gray" icon={<IconBan />} title={t("isDisabled")}>
          <Group justify="space-between">
            <Text size="sm">{t("isDisabledLead")}</Text>
            <Button size="xs" variant="default" loading={enable.isPending} onClick={() => enable.mutate()}>
              {t("enable")}
            </Button>
          </Group>
        </Alert>
      )}
      {lock && (
        <Alert color="red" icon={<IconLock />} title={t("isLocked")}>
          <Group justify="space-between">
            <Text size="sm" className="told">
              {lock.until
                ? t.rich("isLockedUntil", { until: () => <ExactTime at={lock.until ?? ""} /> })
                : t("isLockedForGood")}{" "}
              {lock.reason && t.rich("because", { reason: () => <bdi>{lock.reason}</bdi> })}
            </Text>
            <Button size="xs" variant="default" loading={unlock.isPending} onClick={() => unlock.mutate()}>
              {t("unlock")}
            </Button>
          </Group>
        </Alert>
      )}
      {user.state === "expired" && user.expires_at && (
        <Alert color="yellow" icon={<IconClockOff />} title={t("isExpired")}>
          {t.rich("isExpiredLead", { since: () => <ExactTime at={user.expires_at ?? ""} /> })}
        </Alert>
      )}
    </>
  );
}
