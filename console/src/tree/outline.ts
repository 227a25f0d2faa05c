/** What of the tree is open, and what was loaded of it: children page by page, as one opens and scrolls. */

import { client, type Schema } from "~/api/client.ts";
import { above } from "./path.ts";

export type TreeNode = Schema<"NodeView">;

/** Stands for the place above the topmost nodes. */
export const TOP = "";
/** How many children one request asks for. */
const PAGE = 100;
/** No request may ask for more. */
const MOST = 500;

interface Branch {
  nodes: TreeNode[];
  /** Where the next page begins; none: all is loaded. */
  cursor: string | undefined;
  /** Nodes that were opened by a link and may stand further on than what is loaded. */
  pinned: TreeNode[];
  state: "loading" | "ready" | "failed";
  error?: unknown;
}

/** A line of the tree as it is shown. */
export type Row = NodeRow | OtherRow;
export interface NodeRow {
  type: "node";
  id: string;
  node: TreeNode;
  branch: string;
  level: number;
  open: boolean;
  /** Its place among its siblings, from 1. */
  place: number;
  /** How many siblings there are; -1 while not all are loaded. */
  of: number;
}
export interface OtherRow {
  /** The next page, one that is on its way, or why it did not come. */
  type: "more" | "loading" | "failed";
  id: string;
  branch: string;
  level: number;
  /** Whether it is asked for by itself when it comes into view. */
  eager: boolean;
  error?: unknown;
}

/** The part of the tree that one sees. */
export class Outline {
  private branches = new Map<string, Branch>();
  private opened = new Set<string>();
  private listeners = new Set<() => void>();
  private shown: readonly Row[] | undefined;

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  /** All lines, from the top. */
  readonly rows = (): readonly Row[] => {
    if (this.shown === undefined) {
      const rows = new Map<string, Row>();
      this.collect(TOP, 1, rows);
      this.shown = [...rows.values()];
    }
    return this.shown;
  };

  /** Whether the topmost nodes are known. */
  isLoaded(): boolean {
    return this.branches.get(TOP)?.state === "ready";
  }

  /** Loads the children of a node, unless they are there. */
  async load(parent: string): Promise<void> {
    const before = this.branches.get(parent);
    if (before && before.state !== "failed") return;
    const branch: Branch = {
      nodes: before?.nodes ?? [],
      cursor: before?.cursor,
      pinned: before?.pinned ?? [],
      state: "loading",
    };
    this.branches.set(parent, branch);
    this.changed();
    await this.fill(parent, branch);
  }

  /** Loads the next page of the children of a node. */
  async more(parent: string): Promise<void> {
    const branch = this.branches.get(parent);
    if (!branch || branch.state === "loading") return;
    if (branch.state === "failed") return this.load(parent);
    if (branch.cursor === undefined) return;
    branch.state = "loading";
    this.changed();
    await this.fill(parent, branch);
  }

  open(node: TreeNode): void {
    this.opened.add(node.id);
    this.changed();
    void this.load(node.id);
  }

  close(node: TreeNode): void {
    this.opened.delete(node.id);
    this.changed();
  }

  /**
   * Opens the way to the node at this path. Answers its id, or nothing if there is no such node. Where one may not read
   * a node above, the tree begins below it.
   */
  async reveal(path: string): Promise<string | undefined> {
    const top = this.load(TOP);
    const found = await Promise.all([...above(path), path].map((each) => this.find(each)));
    const way = found.slice(found.lastIndexOf(undefined) + 1).filter((node) => node !== undefined);
    const parents = [TOP, ...way.map(({ id }) => id)];
    const loaded = way.map((node, index) => {
      const parent = parents[index] ?? TOP;
      const loading = this.load(parent);
      this.pin(parent, node);
      if (parent !== TOP) this.opened.add(parent);
      return loading;
    });
    await Promise.all([top, ...loaded]);
    this.changed();
    return way.at(-1)?.id;
  }

  /** Asks anew for all that is open: something was changed. */
  async reload(): Promise<void> {
    for (const parent of this.branches.keys()) {
      if (parent !== TOP && !this.opened.has(parent)) this.branches.delete(parent);
    }
    await Promise.all([...this.branches].map(([parent, branch]) => this.again(parent, branch)));
  }

  private async again(parent: string, before: Branch): Promise<void> {
    const branch: Branch = { nodes: [], cursor: undefined, pinned: [], state: "loading" };
    try {
      const wanted = Math.max(before.nodes.length, PAGE);
      do {
        const page = await readPage(parent, branch.cursor, Math.min(MOST, wanted - branch.nodes.length));
        branch.nodes.push(...page.items);
        branch.cursor = page.next_cursor ?? undefined;
      } while (branch.cursor !== undefined && branch.nodes.length < wanted);
      branch.state = "ready";
    } catch (error) {
      // Deleted, or not to be seen any more: then it is no branch.
      branch.state = "failed";
      branch.error = error;
    }
    if (this.branches.get(parent) !== before) return;
    this.branches.set(parent, branch);
    this.changed();
  }

  private async fill(parent: string, branch: Branch): Promise<void> {
    try {
      const page = await readPage(parent, branch.cursor, PAGE);
      branch.nodes = [...branch.nodes, ...page.items];
      branch.cursor = page.next_cursor ?? undefined;
      branch.state = "ready";
    } catch (error) {
      branch.state = "failed";
      branch.error = error;
    }
    this.changed();
  }

  private async find(path: string): Promise<TreeNode | undefined> {
    for (const branch of this.branches.values()) {
      const known = [...branch.nodes, ...branch.pinned].find((node) => node.path === path);
      if (known) return known;
    }
    const { data } = await client.GET("/api/v1/nodes", { params: { query: { path, limit: 1 } } });
    return data?.items[0];
  }

  private pin(parent: string, node: TreeNode): void {
    const branch = this.branches.get(parent);
    if (branch && !branch.pinned.some(({ id }) => id === node.id)) branch.pinned.push(node);
  }

  private changed(): void {
    this.shown = undefined;
    for (const listener of this.listeners) listener();
  }

  private collect(parent: string, level: number, rows: Map<string, Row>): void {
    const branch = this.branches.get(parent);
    if (!branch) return;
    const { cursor, state } = branch;
    const loaded = new Set(branch.nodes.map(({ id }) => id));
    const pinned = branch.pinned.filter(({ id }) => !loaded.has(id));
    const of = cursor === undefined && pinned.length === 0 ? branch.nodes.length : -1;
    branch.nodes.forEach((node, index) => {
      this.add({ node, branch: parent, level, place: index + 1, of }, rows);
    });
    const eager = pinned.length === 0;
    const id = `${parent}:rest`;
    const other = { branch: parent, level, eager, id };
    if (state === "failed") rows.set(id, { ...other, type: "failed", error: branch.error });
    else if (state === "loading") rows.set(id, { ...other, type: "loading" });
    else if (cursor !== undefined) rows.set(id, { ...other, type: "more" });
    pinned.forEach((node, index) => {
      this.add({ node, branch: parent, level, place: branch.nodes.length + index + 1, of: -1 }, rows);
    });
  }

  private add(row: Omit<NodeRow, "type" | "id" | "open">, rows: Map<string, Row>): void {
    const { node } = row;
    // One that has moved stands for a moment with its former parent too, until that is read anew.
    if (rows.has(node.id)) return;
    const open = this.opened.has(node.id) && node.has_children !== false;
    rows.set(node.id, { ...row, type: "node", id: node.id, open });
    if (open) this.collect(node.id, row.level + 1, rows);
  }
}

async function readPage(parent: string, cursor: string | undefined, limit: number) {
  const query = { limit, ...(cursor === undefined ? {} : { cursor }) };
  const { data } =
    parent === TOP
      ? await client.GET("/api/v1/top-nodes", { params: { query } })
      : await client.GET("/api/v1/nodes/{node}/children", {
          params: { path: { node: parent }, query: { ...query, sort: "name" } },
        });
  return data ?? { items: [] };
}
