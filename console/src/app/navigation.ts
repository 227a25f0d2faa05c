import {
  type Icon,
  IconBinaryTree,
  IconHistory,
  IconHome,
  IconScale,
  IconSettings,
  IconShieldLock,
  IconUserCircle,
  IconUsers,
} from "@tabler/icons-react";
import type { Messages } from "./messages.ts";

/** A section, by the name that its texts have; `home` stands for none. */
type Name = Exclude<keyof Messages["app"]["navigation"], "home">;
interface Entry {
  path: string;
  text: Name;
  Icon: Icon;
}

/** The first view. */
export const HOME = { path: "/", text: "home", Icon: IconHome } as const;

/** Where one can go, in the order of the work: what there is, who comes, what they may, whether that is right. */
export const SECTIONS: readonly Entry[] = [
  { path: "/tree", text: "tree", Icon: IconBinaryTree },
  { path: "/people", text: "people", Icon: IconUsers },
  { path: "/roles", text: "roles", Icon: IconShieldLock },
  { path: "/decide", text: "decide", Icon: IconScale },
  { path: "/audit", text: "audit", Icon: IconHistory },
  { path: "/settings", text: "settings", Icon: IconSettings },
  { path: "/own", text: "own", Icon: IconUserCircle },
];
