/** Giving roles and taking them back. */

import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { client, type Schema } from "~/api/client.ts";
import { tellDone, tellFailed } from "~/common/tell.tsx";

type Assignment = Schema<"AssignmentView">;

/** Gives a role. */
export async function give(body: Schema<"CreateAssignmentInput">): Promise<Assignment> {
  const { data } = await client.POST("/api/v1/assignments", { body });
  if (!data) throw new Error("the assignment is missing in the answer");
  return data;
}

/** Takes an assignment away. */
export async function takeAway(id: string): Promise<void> {
  await client.DELETE("/api/v1/assignments/{assignment}", { params: { path: { assignment: id } } });
}

/** An assignment as it can be made again. */
export function again({
  subject,
  role,
  node,
  expires_at,
  when,
}: Assignment): Schema<"CreateAssignmentInput"> {
  return {
    subject: subject.id,
    role: role.id,
    node: node.id,
    expires_at: expires_at ?? null,
    when: when ?? null,
  };
}

/** After an assignment was removed: lists are read anew, and there is a way back. */
export function useTellRemoved() {
  const t = useTranslations("roles.remove");
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: ["roles"] });
  return async (assignment: Assignment) => {
    const subject = assignment.subject.path ?? assignment.subject.id;
    const message = t("done", { role: assignment.role.name, subject });
    tellDone(message, {
      text: t("undo"),
      run: () => {
        give(again(assignment))
          .then(() => tellDone(t("undone")))
          .catch(tellFailed)
          .finally(refresh);
      },
    });
    await refresh();
  };
}
