import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, client, type Schema } from "~/api/client.ts";
import { useMay } from "~/app/may.ts";
import { sectionsOf, TOPICS } from "./topics.ts";

/** A setting as it is in force. */
export type Setting = Schema<"SettingView">;

/** All settings that one may read, by section; waits until they are known. */
export function useSettings(): Record<string, Setting[]> {
  return api.useSuspenseQuery("get", "/api/v1/settings").data;
}

/** The topics of which one may see something. */
export function useTopics() {
  const sections = Object.keys(useSettings());
  const may = useMay(["settings:network", "settings:lockout", "settings:second_factor"]);
  return TOPICS.filter(
    (topic) =>
      sectionsOf(topic, sections).length > 0 || (topic.permission !== undefined && may.has(topic.permission)),
  );
}

/** Changes settings of a section, by key; null gives the default again. All of them or none. */
export function useChange(section: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (values: Readonly<Record<string, string | null>>) => {
      const named = Object.entries(values).map(([key, value]) => [key.slice(section.length + 1), value]);
      // The document says no more than that the body is an object.
      const body = Object.fromEntries(named) as Record<string, never>;
      await client.PUT("/api/v1/settings/{section}", { params: { path: { section } }, body });
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ["get", "/api/v1/settings"] }),
  });
}
