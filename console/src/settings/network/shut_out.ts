import type { Problem } from "~/api/problem.ts";

/** Whether a change was refused because its maker would not come in again; then it can be confirmed. */
export function shutsOut(problem: Problem): boolean {
  return problem.status === 409 && problem.errors.some(({ pointer }) => pointer === "/confirm");
}
