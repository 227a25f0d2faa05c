import {
  type Icon,
  IconApps,
  IconCube,
  IconDoor,
  IconRobot,
  IconUser,
  IconUsersGroup,
  IconWorld,
} from "@tabler/icons-react";
import { useTranslations } from "use-intl";

/** The kinds that the server makes by operations of their own; they cannot be renamed, moved or deleted as nodes. */
export const MANAGED = ["global", "realm", "user", "group", "service_account", "application"] as const;
export type Managed = (typeof MANAGED)[number];

const ICONS: Readonly<Record<Managed, Icon>> = {
  global: IconWorld,
  realm: IconDoor,
  user: IconUser,
  group: IconUsersGroup,
  service_account: IconRobot,
  application: IconApps,
};

/** Whether a kind is one of the server's own. */
export function isManaged(kind: string): kind is Managed {
  return MANAGED.some((managed) => managed === kind);
}

/** The picture of a kind. The word for it stands beside it, or in the name of what it is part of. */
export function KindIcon({ kind, size = 18 }: { kind: string; size?: number }) {
  const Picture = isManaged(kind) ? ICONS[kind] : IconCube;
  return (
    <Picture size={size} stroke={1.6} aria-hidden className={isManaged(kind) ? "tree-system" : "tree-own"} />
  );
}

/** The word for a kind: the server's own are translated, all others are words of whoever made them. */
export function useKindName(): (kind: string) => string {
  const t = useTranslations("tree.kind");
  return (kind) => (isManaged(kind) ? t(kind) : kind);
}
