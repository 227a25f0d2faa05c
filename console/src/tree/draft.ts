import { useState } from "react";

interface Draft<Value> {
  /** What stood there when somebody began to change it. */
  base: Value;
  value: Value;
}

/**
 * What somebody types over a value of the server. It stays when the value is read anew; if that has become another
 * meanwhile, `isStale` says so.
 */
export function useDraft<Value>(current: Value) {
  const [draft, setDraft] = useState<Draft<Value>>();
  const same = (a: Value, b: Value) => JSON.stringify(a) === JSON.stringify(b);
  const value = draft ? draft.value : current;
  return {
    value,
    set: (next: Value) => setDraft({ base: draft ? draft.base : current, value: next }),
    reset: () => setDraft(undefined),
    /** What was sent is there now; what was typed since stays. */
    settle: (sent: Value) =>
      setDraft((before) => before && (same(before.value, sent) ? undefined : { ...before, base: current })),
    isChanged: draft !== undefined && !same(draft.value, current),
    isStale: draft !== undefined && !same(draft.base, current),
  };
}
