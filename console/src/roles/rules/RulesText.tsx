import { List, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useRulesCheck } from "./check.ts";
import { MONOSPACE } from "./monospace.ts";
import { draftOf, inputOf, type RuleDraft } from "./rule.ts";
import { rulesOf, type TextFault, textOf } from "./text.ts";

interface Props {
  owner: string;
  rules: readonly RuleDraft[];
  onChange(rules: readonly RuleDraft[]): void;
  onReads(reads: boolean): void;
}

/** All rules as text, as a world file has them, with the same check; for who knows the short form. */
export function RulesText({ owner, rules, onChange, onReads }: Props) {
  const t = useTranslations("roles.text");
  const [text, setText] = useState(() => textOf(rules.map(inputOf)));
  const [fault, setFault] = useState<TextFault>();
  const [lines, setLines] = useState<readonly number[]>(() => rules.map((_, index) => index + 1));
  const check = useRulesCheck(owner, rules);
  const write = (next: string) => {
    setText(next);
    const read = rulesOf(next);
    const reads = "rules" in read;
    setFault(reads ? undefined : read);
    onReads(reads);
    if (!reads) return;
    setLines(read.lines);
    onChange(read.rules.map(draftOf));
  };
  const faults = rules.flatMap((rule, index) =>
    (check(rule)?.errors ?? []).map((error) => ({ ...error, line: lines[index] ?? 1, of: rule.key })),
  );
  return (
    <>
      <Textarea
        label={t("label")}
        description={t("hint")}
        value={text}
        onChange={(event) => write(event.currentTarget.value)}
        autosize
        minRows={6}
        maxRows={24}
        spellCheck={false}
        styles={MONOSPACE}
        error={fault && t(fault.fault, { line: fault.line, part: fault.part })}
      />
      {!fault && faults.length > 0 && (
        <div role="status">
          <List size="sm" mt="xs" c="var(--mantine-color-error)">
            {faults.map(({ of, line, field, detail, column }) => (
              <List.Item key={of + field} className="told">
                {column == null
                  ? t("inLine", { line, detail })
                  : t("inCondition", { line, field: field.slice(1), column, detail })}
              </List.Item>
            ))}
          </List>
        </div>
      )}
    </>
  );
}
