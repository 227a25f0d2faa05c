import { Badge, Group } from "@mantine/core";
import { IconBan, IconCheck, IconClockOff, IconCrown, IconLock } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import type { Schema } from "~/api/client.ts";

const LOOK = {
  active: { color: "green", Icon: IconCheck },
  disabled: { color: "gray", Icon: IconBan },
  locked: { color: "red", Icon: IconLock },
  expired: { color: "yellow", Icon: IconClockOff },
} as const;

/** What somebody's state amounts to, in a word and a sign. */
export function State({ state }: { state: Schema<"Standing"> }) {
  const t = useTranslations("people.state");
  const { color, Icon } = LOOK[state];
  return (
    <Badge
      tt="none"
      variant="default"
      leftSection={<Icon size={14} color={`var(--mantine-color-${color}-text)`} aria-hidden />}
    >
      {t(state)}
    </Badge>
  );
}

/** The state of a user, and whether he is a superuser. */
export function UserState({ user }: { user: Schema<"UserView"> }) {
  const t = useTranslations("people.state");
  return (
    <Group gap={6}>
      <State state={user.state} />
      {user.state === "disabled" && user.lock && <State state="locked" />}
      {user.superuser && (
        <Badge
          tt="none"
          variant="default"
          leftSection={<IconCrown size={14} color="var(--mantine-color-grape-text)" aria-hidden />}
        >
          {t("superuser")}
        </Badge>
      )}
    </Group>
  );
}
