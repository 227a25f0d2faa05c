import type { UseFormReturnType } from "@mantine/form";
import { type FieldError, Problem } from "~/api/problem.ts";

/**
 * Puts the errors of a refused request at the fields of a form, whose names are those of the input; `names` says which
 * field stands for a pointer where they differ. Answers those that found a place, for `ProblemAlert`.
 */
export function tellFields<Values extends Record<string, unknown>>(
  form: UseFormReturnType<Values>,
  error: unknown,
  names: Readonly<Record<string, string>> = {},
): readonly FieldError[] {
  if (!(error instanceof Problem)) return [];
  const known = new Set(Object.keys(form.getValues()));
  const placed = error.errors.flatMap((field) => {
    const path = names[field.pointer] ?? field.pointer.slice(1).replaceAll("/", ".");
    return known.has(path.split(".")[0] ?? "") ? [{ field, path }] : [];
  });
  form.setErrors(Object.fromEntries(placed.map(({ field, path }) => [path, sentence(field.detail)])));
  const [first] = placed;
  if (first) form.getInputNode(first.path)?.focus();
  return placed.map(({ field }) => field);
}

/** What was `sent` is `stored`: the form begins anew with it, unless somebody has typed on meanwhile. */
export function begin<Values extends Record<string, unknown>>(
  form: UseFormReturnType<Values>,
  sent: Values,
  stored: Values,
) {
  form.setInitialValues(stored);
  if (JSON.stringify(form.getValues()) === JSON.stringify(sent)) form.reset();
}

/** The server's words on a field, as a sentence of their own. */
export function sentence(words: string): string {
  const text = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
