import type { Schema } from "~/api/client.ts";
import { useParameters } from "~/common/address.ts";

/** What can be asked with the same words. */
export const TABS = ["why", "where", "who", "what"] as const;
export type Tab = (typeof TABS)[number];

/** Stands for whoever asks, in the place of a path or id. */
export const MYSELF = "me";

/** A question as it stands in the address; empty: not said. */
export interface Question {
  tab: Tab;
  /** A path, an id, or `MYSELF`. */
  principal: string;
  permission: string;
  /** A path or an id. */
  node: string;
  /** `context.<name>` in conditions, as JSON. */
  context: string;
  /** `resource.<name>` in conditions that is not stored, as JSON. */
  resource: string;
}

/** The question of this page. Each change of it can be gone back from. */
export function useQuestion() {
  const [search, changeSearch] = useParameters();
  const said = (name: string) => search.get(name) ?? "";
  const question: Question = {
    tab: TABS.find((tab) => tab === search.get("tab")) ?? "why",
    principal: said("principal"),
    permission: said("permission"),
    node: said("node"),
    context: said("context"),
    resource: said("resource"),
  };
  const change = (changed: Partial<Question>) =>
    changeSearch({ ...changed, ...(changed.tab === "why" && { tab: undefined }) });
  return { question, change };
}

/** The address of a question. */
export function decideAt(question: Partial<Question>): string {
  return `/decide?${new URLSearchParams(Object.entries(question).filter(([, value]) => value !== ""))}`;
}

/** An object of any properties, as the types that are made from the document call it. */
type AnyObject = Record<string, never>;

/** JSON of an object; undefined if it is not that. */
export function parseObject(text: string): AnyObject | undefined {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    // What is in it is the server's to judge.
    return isObject ? (value as AnyObject) : undefined;
  } catch {
    return undefined;
  }
}

/** The principal as the API wants it; absent for oneself. */
export function principalInput(who: Who): Schema<"PrincipalInput"> | undefined {
  if (who.myself) return undefined;
  return { type: who.kind === "service_account" ? "service_account" : "user", id: who.reference };
}

/** Who is asked about, as far as it can be seen. */
export interface Who {
  myself: boolean;
  /** What the address says: a path or an id. */
  reference: string;
  name: string;
  path: string | undefined;
  id: string | undefined;
  kind: string | undefined;
}
