/** Whether somebody has to show again who he is; several requests may wait for that. */

type Answer = (yes: boolean) => void;
let waiting: Answer[] = [];
const listeners = new Set<() => void>();

/** Asks for a fresh sign-in. True: it was given, so ask the server again. */
export function confirmSignIn(): Promise<boolean> {
  return new Promise((answer) => {
    waiting = [...waiting, answer];
    tell();
  });
}

/** Lets all go on that wait, or refuses them. */
export function settle(yes: boolean) {
  const answers = waiting;
  waiting = [];
  tell();
  for (const answer of answers) answer(yes);
}

/** For `useSyncExternalStore`. */
export function isAsked(): boolean {
  return waiting.length > 0;
}

/** For `useSyncExternalStore`. */
export function onAsked(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell() {
  for (const listener of listeners) listener();
}
