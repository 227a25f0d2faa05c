import type { Schema } from "~/api/client.ts";
import type { Who } from "./question.ts";

/** The page of a node. */
export function nodeAt(node: Schema<"NodeName">): string {
  return `/tree?${new URLSearchParams({ node: node.path ?? node.id })}`;
}

/** The page of a role. */
export function roleAt(role: Schema<"RoleName">): string {
  return `/roles/role/${role.id}`;
}

/** The page of the person, if it can be read. */
export function personAt(who: Who): string | undefined {
  if (who.myself) return "/own";
  return who.id && `/people/by-id/${who.id}`;
}

/** The last name of a path. */
export function lastName(node: Schema<"NodeName">): string {
  return node.path?.split("/").pop() || (node.path ?? node.id);
}
