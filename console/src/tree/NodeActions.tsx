import { Alert, Anchor, Button, Group, Text } from "@mantine/core";
import { IconArrowMoveRight, IconInfoCircle, IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { useMay } from "~/app/may.ts";
import { CreateNode } from "./CreateNode.tsx";
import { DeleteNode } from "./DeleteNode.tsx";
import { isManaged, type Managed } from "./kinds.tsx";
import { MoveNode } from "./MoveNode.tsx";
import type { Known } from "./node.ts";
import { RenameNode } from "./RenameNode.tsx";

type Dialog = "create" | "rename" | "move" | "delete";

/** Where things of the server's own kinds are made and changed. */
const CHANGED_AT: Readonly<Partial<Record<Managed, string>>> = {
  realm: "/people",
  user: "/people",
  group: "/people",
  service_account: "/people",
  application: "/settings",
};

/** What can be done with the node as a whole, as far as one may and it can be. */
export function NodeActions({ known }: { known: Known }) {
  const t = useTranslations("tree");
  const { node } = known;
  const may = useMay(["node:create", "node:update", "node:move", "node:delete"], node.id);
  const [dialog, setDialog] = useState<Dialog>();
  const close = () => setDialog(undefined);
  const isOwn = !isManaged(node.kind);
  const offered: readonly { dialog: Dialog; Icon: typeof IconPlus; offer: boolean }[] = [
    { dialog: "create", Icon: IconPlus, offer: node.kind !== "global" && may.has("node:create") },
    { dialog: "rename", Icon: IconPencil, offer: isOwn && may.has("node:update") },
    { dialog: "move", Icon: IconArrowMoveRight, offer: isOwn && may.has("node:move") },
    { dialog: "delete", Icon: IconTrash, offer: isOwn && may.has("node:delete") },
  ];
  const shown = offered.filter(({ offer }) => offer);
  return (
    <>
      {shown.length > 0 && (
        <Group gap="xs" mt="sm">
          {shown.map(({ dialog: each, Icon }) => (
            <Button
              key={each}
              size="xs"
              variant="default"
              {...(each === "delete" && { c: "var(--mantine-color-error)" })}
              leftSection={<Icon size={14} aria-hidden />}
              onClick={() => setDialog(each)}
            >
              {t(`action.${each}`)}
            </Button>
          ))}
        </Group>
      )}
      {isManaged(node.kind) && <ChangedElsewhere kind={node.kind} />}
      {dialog === "create" && <CreateNode parent={node.path} close={close} />}
      {dialog === "rename" && <RenameNode known={known} close={close} />}
      {dialog === "move" && <MoveNode node={node} parent="" close={close} />}
      {dialog === "delete" && <DeleteNode known={known} close={close} />}
    </>
  );
}

function ChangedElsewhere({ kind }: { kind: Managed }) {
  const t = useTranslations("tree.managed");
  const place = CHANGED_AT[kind];
  return (
    <Alert color="gray" icon={<IconInfoCircle />} mt="sm" p="xs">
      <Text size="sm">
        {t(kind)}{" "}
        {place && (
          <Anchor component={Link} href={place} size="sm">
            {place === "/people" ? t("toPeople") : t("toSettings")}
          </Anchor>
        )}
      </Text>
    </Alert>
  );
}
