import { Anchor, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { client, type Schema } from "~/api/client.ts";
import type { AuditEvent } from "./filters.ts";
import { useWords } from "./words.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function isId(text: unknown): text is string {
  return typeof text === "string" && UUID.test(text);
}

/** Names that were read stay known for a while; what cannot be read has none. */
const KNOWN = { staleTime: 300_000, retry: false } as const;

/** A node by its id; null if it is gone or may not be seen. */
export function useNodeName(id: string | undefined | null) {
  const node = useQuery({
    ...KNOWN,
    queryKey: ["name", "node", id],
    enabled: isId(id),
    queryFn: async () => {
      const path = { node: id ?? "" };
      const found = await client.GET("/api/v1/nodes/{node}", { params: { path } }).catch(() => undefined);
      return found?.data ?? null;
    },
  });
  return node.data;
}

/** A node, user or group by its name, with the way to its page. */
export function NodeName({ id, name, plain = false }: { id: string; name?: string | null; plain?: boolean }) {
  const node = useNodeName(id);
  const text = name ?? (node ? titleOf(node) : id);
  const href = node && pageOf(node);
  if (plain || !href) return <bdi>{text}</bdi>;
  return (
    <Anchor component={Link} href={href} inherit underline="always" title={node.path}>
      <bdi>{text}</bdi>
    </Anchor>
  );
}

function titleOf(node: Schema<"NodeView">): string {
  return isPerson(node.kind) ? node.name : node.path;
}

function pageOf(node: Schema<"NodeView">): string {
  if (isPerson(node.kind)) return `/people/by-id/${node.id}`;
  return `/tree?${new URLSearchParams({ node: node.path })}`;
}

function isPerson(kind: string): boolean {
  return kind === "user" || kind === "service_account";
}

/** A role by its name, with the way to its page. */
export function RoleName({ id, name, plain = false }: { id: string; name?: string | null; plain?: boolean }) {
  const role = useQuery({
    ...KNOWN,
    queryKey: ["name", "role", id],
    enabled: isId(id),
    queryFn: async () => {
      const found = await client
        .GET("/api/v1/roles/{role}", { params: { path: { role: id } } })
        .catch(() => undefined);
      return found?.data ?? null;
    },
  }).data;
  const text = name ?? role?.name ?? id;
  if (plain || !role) return <bdi>{text}</bdi>;
  return (
    <Anchor component={Link} href={`/roles/role/${id}`} inherit underline="always">
      <bdi>{text}</bdi>
    </Anchor>
  );
}

/** Who an event is of: by the name of that time, else by what can be read now. */
export function Who({ event, plain = false }: { event: AuditEvent; plain?: boolean }) {
  const words = useWords();
  if (event.user_id) return <NodeName id={event.user_id} name={event.username ?? null} plain={plain} />;
  return event.username ? <bdi>{event.username}</bdi> : words.principal(event.principal);
}

/** What an event was done to. */
export function Thing({ event, plain = false }: { event: AuditEvent; plain?: boolean }) {
  const { resource } = event;
  const words = useWords();
  if (!resource) return null;
  const name = nameInEvent(event);
  return (
    <>
      <Text span inherit c="dimmed">
        {words.resource(resource.type)}
      </Text>{" "}
      {resource.type === "role" ? (
        <RoleName id={resource.id} name={name} plain={plain} />
      ) : (
        <NodeName id={resource.id} name={name} plain={plain} />
      )}
    </>
  );
}

/** The name that the event itself has for the thing. */
function nameInEvent(event: AuditEvent): string | null {
  for (const more of [event.metadata, event.personal]) {
    const name = new Map(Object.entries<unknown>(more ?? {})).get("name");
    if (typeof name === "string") return name;
  }
  return null;
}
