/** What of the page stands in its address, so that it can be kept and sent. */

import { navigate } from "wouter/use-browser-location";
import { useParameters } from "~/common/address.ts";
import { isWithin } from "./path.ts";

export const TABS = ["overview", "connections", "access"] as const;
export type Tab = (typeof TABS)[number];

/** What is searched for; empty: nothing. */
export interface Search {
  q: string;
  kind: string;
  tag: string;
  under: string;
  /** Another system, and the id of the node there. */
  system: string;
  external: string;
}
const FIELDS = ["q", "kind", "tag", "under", "system", "external"] as const;

interface Address {
  /** The path of the node that was chosen. */
  node: string | undefined;
  tab: Tab;
  search: Search;
  /** The permission that the tab "Access" asks about. */
  permission: string;
}

/** The state of the page, and how to change a part of it. What is empty stands not in the address. */
export function useAddress() {
  const [params, change] = useParameters();
  const text = (name: string) => params.get(name) ?? "";
  const address: Address = {
    node: text("node") || undefined,
    tab: TABS.find((tab) => tab === text("tab")) ?? "overview",
    search: {
      q: text("q"),
      kind: text("kind"),
      tag: text("tag"),
      under: text("under"),
      system: text("system"),
      external: text("external"),
    },
    permission: text("permission") || "node:read",
  };
  return {
    ...address,
    isSearching: FIELDS.some((field) => address.search[field] !== ""),
    /** Chooses a node; the tab stays. */
    choose: (node: string | undefined, replace = false) => change({ node }, replace),
    setTab: (tab: Tab) => change({ tab: tab === "overview" ? undefined : tab }, true),
    setSearch: (search: Partial<Search>) => change(search, true),
    clearSearch: () => change(Object.fromEntries(FIELDS.map((field) => [field, undefined])), true),
    setPermission: (permission: string) => change({ permission }, true),
  };
}

/** The address of the page of a node. */
export function nodeAddress(path: string, tab?: Tab): string {
  return `/tree?node=${encodeURIComponent(path)}${tab ? `&tab=${tab}` : ""}`;
}

/** A node has another path now: the page of it, or of one below it, stays the page of the same node. */
export function followPath(before: string, now: string): void {
  const url = new URL(window.location.href);
  const node = url.searchParams.get("node");
  if (!url.pathname.endsWith("/tree") || node === null || !isWithin(node, before)) return;
  url.searchParams.set("node", now + node.slice(before.length));
  navigate(`${url.pathname}${url.search}`, { replace: true });
}
