import type { Schema } from "~/api/client.ts";
import { ifMatch } from "../deed.ts";

/** A user as it was read. */
export interface Read {
  user: Schema<"UserView">;
  tag: string | null;
}

/** Where operations on a user are. */
export function at({ realm, username }: { realm: string; username: string }) {
  return { params: { path: { realm, username } } };
}

/** The same, for what is refused once somebody else changed the user. */
export function atRead({ user, tag }: Read) {
  return { ...at(user), ...ifMatch(tag) };
}

/** An object with whatever is in it; the types of the API know only that it is one. */
export function anyObject(object: Readonly<Record<string, unknown>>) {
  return object as Record<string, never>;
}
