import { Drawer } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { AuditEvent } from "../filters.ts";
import { EventInFull } from "./EventInFull.tsx";

/** One event in full, beside the list. */
export function EventDrawer({ event, onClose }: { event: AuditEvent | undefined; onClose(): void }) {
  const t = useTranslations("audit.event");
  return (
    <Drawer
      opened={event !== undefined}
      onClose={onClose}
      position="right"
      size="lg"
      title={event && t("title", { sequence: String(event.sequence) })}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      {event && <EventInFull event={event} />}
    </Drawer>
  );
}
