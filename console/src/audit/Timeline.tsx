import { Badge, Button, Center, Group, Timeline as Line, Skeleton, Stack, Text, Title } from "@mantine/core";
import {
  type Icon,
  IconAlertTriangle,
  IconArchive,
  IconBan,
  IconDownload,
  IconKey,
  IconLogin2,
  IconLogout,
  IconPencil,
  IconPlus,
  IconSettings,
  IconShieldLock,
  IconTrash,
  IconX,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { EventLink } from "./EventLink.tsx";
import type { AuditEvent } from "./filters.ts";
import type { useEvents } from "./list.ts";
import { Thing, Who } from "./names.tsx";
import { Outcome } from "./Outcome.tsx";
import { useWords } from "./words.ts";

const ICONS: Readonly<Record<string, Icon>> = {
  LOGIN: IconLogin2,
  LOGIN_FAILED: IconX,
  LOGOUT: IconLogout,
  PASSWORD_CHANGE: IconKey,
  ACCESS_DENIED: IconBan,
  SECURITY_ALERT: IconAlertTriangle,
  ROLE_CHANGE: IconShieldLock,
  CONFIG_CHANGE: IconSettings,
  DATA_CREATE: IconPlus,
  DATA_DELETE: IconTrash,
  DATA_EXPORT: IconDownload,
  BACKUP: IconArchive,
};

/** Events along a line, day by day. */
export function Timeline({ list, empty }: { list: ReturnType<typeof useEvents>; empty: ReactNode }) {
  const t = useTranslations("app.list");
  const format = useFormatter();
  if (list.error) return <ProblemAlert error={list.error} />;
  if (list.isPending) return <Skeleton h={320} aria-busy="true" />;
  if (list.items.length === 0) return empty;
  const days = new Map<string, AuditEvent[]>();
  for (const event of list.items) {
    const day = format.dateTime(new Date(event.timestamp), { dateStyle: "full" });
    days.set(day, [...(days.get(day) ?? []), event]);
  }
  return (
    <Stack gap="lg">
      {[...days].map(([day, events]) => (
        <section key={day} aria-label={day}>
          <Title order={2} size="h5" mb="sm">
            {day}
          </Title>
          <Line bulletSize={28} lineWidth={2} active={-1}>
            {events.map((event) => (
              <Happened key={event.id} event={event} />
            ))}
          </Line>
        </section>
      ))}
      {list.hasNextPage && (
        <Center>
          <Button variant="default" loading={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
            {t("more")}
          </Button>
        </Center>
      )}
    </Stack>
  );
}

function Happened({ event }: { event: AuditEvent }) {
  const format = useFormatter();
  const words = useWords();
  const Sign = ICONS[event.event_type] ?? IconPencil;
  const time = format.dateTime(new Date(event.timestamp), { timeStyle: "medium" });
  return (
    <Line.Item bullet={<Sign size={15} aria-hidden />} className="told">
      <Group gap="xs" wrap="wrap">
        <Text span>
          <EventLink event={event} />
        </Text>
        <Badge variant="default" size="sm" tt="none">
          {words.type(event.event_type)}
        </Badge>
        {!event.success && <Outcome event={event} />}
      </Group>
      <Text size="sm" mt={2}>
        <time dateTime={event.timestamp}>{time}</time>
        {" · "}
        <Who event={event} />
        {event.resource && event.resource.id !== event.user_id && (
          <>
            {" · "}
            <Thing event={event} />
          </>
        )}
      </Text>
      {event.reason && (
        <Text size="sm" c="dimmed" lineClamp={3}>
          <bdi>{event.reason}</bdi>
        </Text>
      )}
    </Line.Item>
  );
}
