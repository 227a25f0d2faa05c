import type { WhatIfQuestion } from "~/common/WhatIf.tsx";

/** A node, with all below it, under another parent. */
export function move(node: string, parent: string): WhatIfQuestion {
  return { moves: [{ node, parent }] };
}

/** A node and all below it are no more. */
export function remove(node: string): WhatIfQuestion {
  return { remove: { nodes: [node] } };
}

/** One node inherits from another. */
export function connect(from: string, to: string): WhatIfQuestion {
  return { change: { connections: [{ from, to }] } };
}
