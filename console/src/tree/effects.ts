import type { Schema } from "~/api/client.ts";

/** A change that somebody thinks about, as the server is asked what it would do. */
export type Thought = Schema<"WhatIfInput">;

/** A node, with all below it, under another parent. */
export function move(node: string, parent: string): Thought {
  return { moves: [{ node, parent }] };
}

/** A node and all below it are no more. */
export function remove(node: string): Thought {
  return { remove: { nodes: [node] } };
}

/** One node inherits from another no more. */
export function disconnect(from: string, to: string): Thought {
  return { remove: { connections: [{ from, to }] } };
}

/** One node inherits from another. */
export function connect(from: string, to: string): Thought {
  const part = { connections: [{ from, to }] };
  // The document says of it that it is an object, and no more.
  return { change: part as Record<string, unknown> as Record<string, never> };
}
