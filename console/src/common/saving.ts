import { type FormValidateInput, useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { FieldError } from "~/api/problem.ts";
import { tellFields } from "./form.ts";

interface Options<Values extends Record<string, unknown>, Answer> {
  initial: Values;
  validate?: FormValidateInput<Values>;
  /** Which field stands for a pointer of the server, where they differ. */
  names?: Readonly<Record<string, string>>;
  /** What is read anew afterwards: all queries whose key begins with it. */
  changes: readonly unknown[];
  save(values: Values): Promise<Answer>;
  saved(answer: Answer, values: Values): void;
}

/** A form that is sent, with refusals at its fields and, where they have none, in `error`. What was typed stays. */
export function useSaving<Values extends Record<string, unknown>, Answer>(options: Options<Values, Answer>) {
  const { initial, validate, names, changes, save, saved } = options;
  const form = useForm<Values>({ initialValues: initial, ...(validate && { validate }) });
  const queries = useQueryClient();
  const [shown, setShown] = useState<readonly FieldError[]>([]);
  const saving = useMutation({
    mutationFn: save,
    onSuccess: async (answer, values) => {
      saved(answer, values);
      await queries.invalidateQueries({ queryKey: changes });
    },
    onError: (error) => setShown(tellFields(form, error, names)),
  });
  const submit = form.onSubmit((values) => saving.mutate(values));
  return { form, submit, busy: saving.isPending, error: saving.error, shown };
}
