import { Anchor, Group, Stack, Text, Title } from "@mantine/core";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { ExactTime } from "~/common/Time.tsx";
import { type AuditEvent, eventsAt } from "../filters.ts";
import { NodeName, Thing, Who } from "../names.tsx";
import { Outcome } from "../Outcome.tsx";
import { useWords } from "../words.ts";
import { Changes } from "./Changes.tsx";
import { Fields } from "./Fields.tsx";
import { More } from "./More.tsx";

/** All that the log says of an event. */
export function EventInFull({ event }: { event: AuditEvent }) {
  const t = useTranslations("audit.event");
  const words = useWords();
  return (
    <Stack gap="lg" className="told">
      <Title order={3} size="h4">
        {words.action(event.action)}
      </Title>
      <Fields
        label={words.action(event.action)}
        fields={[
          [t("when"), <ExactTime key="when" at={event.timestamp} />],
          [t("outcome"), <Outcome key="outcome" event={event} />],
          [t("reason"), event.reason && <bdi key="reason">{event.reason}</bdi>],
          [t(event.impersonator_id ? "inPlace" : "who"), <Who key="who" event={event} />],
          [t("by"), event.impersonator_id && <NodeName key="by" id={event.impersonator_id} />],
          [t("as"), words.principal(event.principal)],
          [t("thing"), event.resource && <Thing key="thing" event={event} />],
        ]}
      />
      <Changes event={event} />
      <More title={t("more")} values={event.metadata} />
      <More title={t("personal")} values={event.personal ?? {}} />
      <Fields
        label={t("more")}
        fields={[
          [t("class"), `${words.type(event.event_type)} (${event.event_type}, ${event.action})`],
          [t("address"), event.ip_address],
          [t("device"), event.user_agent && <bdi key="device">{event.user_agent}</bdi>],
          [t("path"), event.request_path && <code key="path">{event.request_path}</code>],
          [t("request"), <code key="request">{event.request_id}</code>],
          [t("session"), event.session_id && <code key="session">{event.session_id}</code>],
          [t("id"), <code key="id">{event.id}</code>],
          [t("hash"), <code key="hash">{event.hash}</code>],
        ]}
      />
      <Related event={event} />
    </Stack>
  );
}

function Related({ event }: { event: AuditEvent }) {
  const t = useTranslations("audit.event");
  const { resource, user_id, request_id } = event;
  return (
    <Stack gap={6} align="flex-start">
      <To href={eventsAt({ request_id })}>{t("sameRequest")}</To>
      {user_id && <To href={eventsAt({ user: user_id })}>{t("sameUser")}</To>}
      {resource && (
        <To href={eventsAt({ resource_type: resource.type, resource_id: resource.id })}>{t("sameThing")}</To>
      )}
    </Stack>
  );
}

function To({ href, children }: { href: string; children: string }) {
  return (
    <Group>
      <Anchor component={Link} href={href} size="sm">
        <Text span inherit>
          {children}
        </Text>
      </Anchor>
    </Group>
  );
}
