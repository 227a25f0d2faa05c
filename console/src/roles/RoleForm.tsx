import { Button, Group, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { type FieldError, Problem } from "~/api/problem.ts";
import { tellFields } from "~/common/form.ts";
import { NodePicker } from "~/common/pick.tsx";
import { Refusal } from "./Refusal.tsx";
import { fieldOf, type RuleFault } from "./rules/check.ts";
import { RulesEditor } from "./rules/RulesEditor.tsx";
import { inputOf, type RuleDraft, type RuleInput } from "./rules/rule.ts";
import { GLOBAL } from "./Where.tsx";

export interface RoleValues {
  name: string;
  owner: string;
  rules: RuleInput[];
}

interface Props {
  name: string;
  owner: string;
  rules: readonly RuleDraft[];
  /** The owner of a role that is there stays. */
  isNew?: boolean;
  save(values: RoleValues): Promise<void>;
  submit: string;
  /** Where one goes without saving. */
  back: string;
  /** Shown before the buttons, of what is written now. */
  children?(values: RoleValues): ReactNode;
}

/** Name, owner and rules of a role. */
export function RoleForm({ name, owner, rules, isNew, save, submit, back, children }: Props) {
  const t = useTranslations("roles.form");
  const form = useForm({ initialValues: { name, owner } });
  const [drafts, setDrafts] = useState(rules);
  const [reads, setReads] = useState(true);
  const [faults, setFaults] = useState<ReadonlyMap<string, readonly RuleFault[]>>(new Map());
  const [shown, setShown] = useState<readonly FieldError[]>([]);
  const values = { ...form.values, rules: drafts.map(inputOf) };
  const saving = useMutation({
    mutationFn: save,
    onError: (error) => {
      const atRules = placed(error, drafts);
      setFaults(atRules.faults);
      setShown([...tellFields(form, error), ...atRules.shown]);
    },
  });
  const change = (next: readonly RuleDraft[]) => {
    // What was refused is shown until the rule is another one.
    const same = new Set(next.filter((rule) => drafts.includes(rule)).map(({ key }) => key));
    setFaults(new Map([...faults].filter(([key]) => same.has(key))));
    setDrafts(next);
  };
  return (
    <form onSubmit={form.onSubmit(() => saving.mutate(values))} noValidate>
      <Stack gap="lg">
        <Stack maw={560}>
          <TextInput label={t("name")} required maxLength={255} {...form.getInputProps("name")} />
          {isNew && (
            <NodePicker
              label={t("owner")}
              description={t("ownerHint")}
              required
              value={{ value: form.values.owner, label: form.values.owner }}
              onChange={(picked) => form.setFieldValue("owner", picked?.value ?? GLOBAL)}
              error={form.errors.owner}
            />
          )}
        </Stack>
        <RulesEditor
          owner={form.values.owner}
          rules={drafts}
          onChange={change}
          faults={faults}
          onReads={setReads}
        />
        {children?.(values)}
        <Refusal error={saving.error} shown={shown} />
        <Group>
          <Button type="submit" loading={saving.isPending} disabled={!reads}>
            {submit}
          </Button>
          <Button variant="default" component={Link} href={back}>
            {t("cancel")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** The errors of a refusal that belong to rules, by the key of the rule. */
function placed(error: unknown, drafts: readonly RuleDraft[]) {
  const faults = new Map<string, RuleFault[]>();
  const shown: FieldError[] = [];
  for (const field of error instanceof Problem ? error.errors : []) {
    const index = /^\/rules\/(\d+)/.exec(field.pointer)?.[1];
    const rule = drafts[Number(index ?? -1)];
    if (!rule) continue;
    shown.push(field);
    faults.set(rule.key, [...(faults.get(rule.key) ?? []), faultOf(field)]);
  }
  return { faults, shown };
}

/** The refusal of a condition has its place in its words. */
function faultOf({ pointer, detail }: FieldError): RuleFault {
  const place = /^line (\d+), column (\d+): (.*)$/s.exec(detail);
  const field = fieldOf(pointer);
  if (!place) return { field, detail };
  return { field, detail: place[3] ?? detail, line: Number(place[1]), column: Number(place[2]) };
}
