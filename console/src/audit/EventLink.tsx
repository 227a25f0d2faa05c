import { Anchor } from "@mantine/core";
import { Link } from "wouter";
import { useParameters } from "~/common/address.ts";
import type { AuditEvent } from "./filters.ts";
import { useWords } from "./words.ts";

/** What happened, as the way to the whole event. */
export function EventLink({ event }: { event: AuditEvent }) {
  const words = useWords();
  const [search] = useParameters();
  const to = new URLSearchParams(search);
  to.set("event", event.id);
  return (
    <Anchor
      component={Link}
      href={`/audit?${to}`}
      fw={600}
      inherit
      c="var(--mantine-color-text)"
      underline="always"
    >
      {words.action(event.action)}
    </Anchor>
  );
}
