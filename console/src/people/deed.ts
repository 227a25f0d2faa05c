import { useMutation, useQueryClient } from "@tanstack/react-query";
import { tellDone, tellFailed } from "~/common/tell.tsx";

/** The key of everything that this section reads. */
export const READ = ["people"] as const;

interface How {
  /** The way back. */
  undo?: { text: string; run(): void };
  /** Whether a refusal is shown where the button is. */
  inPlace?: boolean;
}

/** Something that a button does. What this section shows is read anew afterwards. */
export function useDeed<Input = void>(
  run: (input: Input) => Promise<unknown>,
  done: (input: Input) => string,
  { undo, inPlace = false }: How = {},
) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSuccess: async (_, input) => {
      tellDone(done(input), undo);
      await queries.invalidateQueries({ queryKey: READ });
    },
    onError: (error) => {
      if (!inPlace) tellFailed(error);
    },
  });
}

/** For a change of what was read under that tag: refused if somebody else changed it meanwhile. */
export function ifMatch(tag: string | null): { headers?: { "if-match": string } } {
  return tag === null ? {} : { headers: { "if-match": tag } };
}
