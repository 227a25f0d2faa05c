import { useQuery } from "@tanstack/react-query";
import { client, type Schema } from "~/api/client.ts";
import type { WhatIfQuestion } from "~/common/WhatIf.tsx";
import { ownedName, subjectOf } from "~/common/worldNames.ts";

interface Given {
  subject: string | undefined;
  role: Schema<"RoleView"> | undefined;
  node: string | undefined;
  when: string | undefined;
}

/** What an assignment would change, as a part of a world file; undefined while something is missing. */
export function useGivingQuestion({ subject, role, node, when }: Given): WhatIfQuestion | undefined {
  // What the subject is decides how a file names it.
  const found = useQuery({
    queryKey: ["roles", "subject", subject],
    queryFn: async () => {
      const params = { path: { node: subject ?? "" } };
      const { data } = await client.GET("/api/v1/nodes/{node}", { params });
      return data;
    },
    enabled: subject !== undefined,
    retry: false,
  });
  const owner = role?.owner.path;
  if (!found.data || !role || !owner || node === undefined) return undefined;
  const assignment = {
    ...subjectOf(found.data),
    role: ownedName(role.name, owner),
    node,
    ...(when?.trim() && { when }),
  };
  return { change: { assignments: [assignment] } };
}
