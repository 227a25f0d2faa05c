import { MantineProvider } from "@mantine/core";
import { ModalsProvider } from "@mantine/modals";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { Suspense } from "react";
import { Router } from "wouter";
import { Problem } from "~/api/problem.ts";
import { Waiting } from "~/common/Waiting.tsx";
import { Boundary } from "./Boundary.tsx";
import { ConfirmSignIn } from "./ConfirmSignIn.tsx";
import { Labels } from "./Labels.tsx";
import { LanguageProvider } from "./language.tsx";
import { nonce } from "./nonce.ts";
import { Shell } from "./Shell.tsx";
import { readable, theme } from "./theme.ts";

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // A refusal stays one; a server that is away or busy is asked again.
      retry: (count, error) => count < 2 && (!(error instanceof Problem) || error.status >= 500),
    },
  },
});

/** The whole of it. */
export function Console() {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={readable}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <Suspense fallback={<Waiting />}>
        <LanguageProvider>
          <Labels>
            <Boundary>
              <QueryClientProvider client={queries}>
                <ModalsProvider>
                  <Notifications position="bottom-right" />
                  <ConfirmSignIn />
                  <Router base="/console">
                    <Shell />
                  </Router>
                </ModalsProvider>
              </QueryClientProvider>
            </Boundary>
          </Labels>
        </LanguageProvider>
      </Suspense>
    </MantineProvider>
  );
}
