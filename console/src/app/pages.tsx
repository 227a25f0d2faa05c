import { type ComponentType, lazy } from "react";
import type { Section } from "./messages.ts";

/** The one table of all sections; each has its pages in a folder of its name and loads when it is opened. */
export const PAGES: readonly { section: Exclude<Section, "app">; Page: ComponentType }[] = [
  { section: "tree", Page: lazy(() => import("~/tree/index.tsx")) },
  { section: "people", Page: lazy(() => import("~/people/index.tsx")) },
  { section: "roles", Page: lazy(() => import("~/roles/index.tsx")) },
  { section: "decide", Page: lazy(() => import("~/decide/index.tsx")) },
  { section: "audit", Page: lazy(() => import("~/audit/index.tsx")) },
  { section: "settings", Page: lazy(() => import("~/settings/index.tsx")) },
  { section: "own", Page: lazy(() => import("~/own/index.tsx")) },
];
