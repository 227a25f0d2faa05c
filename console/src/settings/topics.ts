import {
  type Icon,
  IconAdjustments,
  IconDeviceMobileCheck,
  IconDoorEnter,
  IconFileImport,
  IconGauge,
  IconHistory,
  IconLock,
  IconMail,
  IconNetwork,
  IconPassword,
  IconRoute,
  IconTicket,
  IconUserPlus,
  IconUsersGroup,
  IconUserX,
} from "@tabler/icons-react";
import type { Messages } from "~/app/messages.ts";

/** A topic, by the name that its texts and its address have. */
export type TopicName = keyof Messages["settings"]["topics"];

interface Topic {
  name: TopicName;
  Icon: Icon;
  /** The sections of the API that belong to it. */
  sections: readonly string[];
  /** The permission for what is shown beside settings; absent: a topic of settings alone. */
  permission?: "settings:network" | "settings:lockout" | "settings:second_factor";
}

/** All topics, in the order of what people look for. */
export const TOPICS: readonly Topic[] = [
  { name: "passwords", Icon: IconPassword, sections: ["password"] },
  {
    name: "second-factor",
    Icon: IconDeviceMobileCheck,
    sections: ["second_factor"],
    permission: "settings:second_factor",
  },
  { name: "lockout", Icon: IconLock, sections: ["lockout"], permission: "settings:lockout" },
  { name: "sign-in", Icon: IconDoorEnter, sections: ["signin"] },
  { name: "sessions", Icon: IconHistory, sections: ["session", "remember"] },
  { name: "tokens", Icon: IconTicket, sections: ["token"] },
  { name: "roles", Icon: IconUsersGroup, sections: ["roles"] },
  { name: "joining", Icon: IconUserPlus, sections: ["registration", "invitation"] },
  { name: "mail", Icon: IconMail, sections: ["email"] },
  { name: "network", Icon: IconNetwork, sections: [], permission: "settings:network" },
  { name: "throttle", Icon: IconGauge, sections: ["throttle"] },
  { name: "personal-data", Icon: IconUserX, sections: ["erasure"] },
  { name: "changes", Icon: IconRoute, sections: ["changes"] },
  { name: "world", Icon: IconFileImport, sections: ["world"] },
  // Whatever a newer server has that is not sorted yet.
  { name: "other", Icon: IconAdjustments, sections: [] },
];

const sorted = new Set(TOPICS.flatMap(({ sections }) => sections));

/** The sections of a topic among those that there are. */
export function sectionsOf({ name, sections }: Topic, all: readonly string[]): readonly string[] {
  return name === "other"
    ? all.filter((section) => !sorted.has(section))
    : sections.filter((one) => all.includes(one));
}
