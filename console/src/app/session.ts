import { api, onSignInNeeded, type Schema } from "~/api/client.ts";
import { confirmSignIn } from "./confirm/asked.ts";

/** Who one is. */
export type Me = Schema<"MeView">;

/** Who one is; waits until that is known. */
export function useMe(): Me {
  return api.useSuspenseQuery("get", "/auth/me", undefined, { staleTime: 60_000 }).data;
}

/** The sign-in page, and back to this one. */
export function signInPage(how: { fresh: boolean }): string {
  const here = location.pathname + location.search + location.hash;
  return `/auth/login?${how.fresh ? "fresh&" : ""}next=${encodeURIComponent(here)}`;
}

/** Requests that were refused together come back together: what the browser remembers is good once. */
let comingBack: Promise<boolean> | undefined;

/** True if the browser remembers a sign-in, and there is a session again; else on to the sign-in page. */
async function signIn(): Promise<boolean> {
  comingBack ??= comeBack().finally(() => {
    comingBack = undefined;
  });
  if (await comingBack) return true;
  location.assign(signInPage({ fresh: false }));
  // The page is about to go: what was refused would only flash up. Who stays, since something is unsaved, is told.
  return new Promise((resolve) => setTimeout(() => resolve(false), 5_000));
}

async function comeBack(): Promise<boolean> {
  const answer = await fetch("/auth/remember", { method: "POST" }).catch(() => undefined);
  return answer?.ok ?? false;
}

onSignInNeeded({ signIn, confirm: confirmSignIn });
