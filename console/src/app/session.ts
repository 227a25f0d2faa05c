import { api, onSignInNeeded, type Schema } from "~/api/client.ts";

/** Who one is. */
export type Me = Schema<"MeView">;

/** Who one is; waits until that is known. */
export function useMe(): Me {
  return api.useSuspenseQuery("get", "/auth/me", undefined, { staleTime: 60_000 }).data;
}

/** The sign-in page, and back to this one. */
function signInPage(how: { fresh: boolean }): string {
  const here = location.pathname + location.search + location.hash;
  return `/auth/login?${how.fresh ? "fresh&" : ""}next=${encodeURIComponent(here)}`;
}

onSignInNeeded({
  signIn: () => location.assign(signInPage({ fresh: false })),
  confirm: async () => {
    location.assign(signInPage({ fresh: true }));
    return false;
  },
});
