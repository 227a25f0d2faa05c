import { useSyncExternalStore } from "react";

/**
 * What was changed and is not saved, by key; null: the default again. It outlasts the page, so that one can look at another
 * topic in between.
 */
let drafts: Readonly<Record<string, string | null>> = {};
const listeners = new Set<() => void>();

export function useDrafts(): Readonly<Record<string, string | null>> {
  return useSyncExternalStore(listen, () => drafts);
}

/** Keeps a value that is not saved; undefined: as it is on the server. */
export function draft(key: string, value: string | null | undefined) {
  const { [key]: _, ...rest } = drafts;
  set(value === undefined ? rest : { ...rest, [key]: value });
}

/** Forgets what was saved, and keeps what was changed since. */
export function settle(saved: Readonly<Record<string, string | null>>) {
  discard(Object.keys(saved).filter((key) => drafts[key] === saved[key]));
}

/** Forgets what was changed under these keys. */
export function discard(keys: readonly string[]) {
  set(Object.fromEntries(Object.entries(drafts).filter(([key]) => !keys.includes(key))));
}

function set(next: typeof drafts) {
  drafts = next;
  for (const listener of listeners) listener();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

// Whoever closes the window with something unsaved is asked by the browser.
addEventListener("beforeunload", (event) => {
  if (Object.keys(drafts).length > 0) event.preventDefault();
});
