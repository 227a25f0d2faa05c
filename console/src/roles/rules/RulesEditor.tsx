import { Button, Group, Stack, Tabs, Text, Title } from "@mantine/core";
import { IconBan, IconCode, IconList, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { RuleFault } from "./check.ts";
import { useRulesCheck } from "./check.ts";
import { RuleRow } from "./RuleRow.tsx";
import { RulesText } from "./RulesText.tsx";
import { newRule, type RuleDraft } from "./rule.ts";

interface Props {
  /** The node that owns the role. */
  owner: string;
  rules: readonly RuleDraft[];
  onChange(rules: readonly RuleDraft[]): void;
  /** What the server refused when they were to be saved, by the key of the rule. */
  faults: ReadonlyMap<string, readonly RuleFault[]>;
  /** Whether the text reads; where it does not, the rules are as they were. */
  onReads(reads: boolean): void;
}

/** The rules of a role: a line each, or as text. */
export function RulesEditor({ owner, rules, onChange, faults, onReads }: Props) {
  const t = useTranslations("roles.rules");
  const [view, setView] = useState<string | null>("lines");
  return (
    <section>
      <Title order={2} size="h4">
        {t("title")}
      </Title>
      <Text size="sm" c="dimmed" mb="xs" maw={760}>
        {t("lead")}
      </Text>
      <Tabs
        value={view}
        keepMounted={false}
        onChange={(next) => {
          setView(next);
          onReads(true);
        }}
      >
        <Tabs.List mb="sm">
          <Tabs.Tab value="lines" leftSection={<IconList size={16} aria-hidden />}>
            {t("asLines")}
          </Tabs.Tab>
          <Tabs.Tab value="text" leftSection={<IconCode size={16} aria-hidden />}>
            {t("asText")}
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="lines">
          <Lines owner={owner} rules={rules} onChange={onChange} faults={faults} />
        </Tabs.Panel>
        <Tabs.Panel value="text">
          <RulesText owner={owner} rules={rules} onChange={onChange} onReads={onReads} />
        </Tabs.Panel>
      </Tabs>
    </section>
  );
}

function Lines({ owner, rules, onChange, faults }: Omit<Props, "onReads">) {
  const t = useTranslations("roles.rules");
  const check = useRulesCheck(owner, rules);
  const [added, setAdded] = useState<string>();
  const add = (rule: RuleDraft, at = rules.length) => {
    setAdded(rule.key);
    onChange(rules.toSpliced(at, 0, rule));
  };
  const move = (from: number, by: -1 | 1) => {
    const rule = rules[from];
    if (rule) onChange(rules.toSpliced(from, 1).toSpliced(from + by, 0, rule));
  };
  return (
    <Stack gap="xs">
      {rules.length === 0 && <Text c="dimmed">{t("empty")}</Text>}
      <Stack gap="xs" component="ul" m={0} p={0} style={{ listStyle: "none" }} aria-label={t("title")}>
        {rules.map((rule, index) => (
          <RuleRow
            key={rule.key}
            rule={rule}
            place={index + 1}
            count={rules.length}
            owner={owner}
            checked={check(rule)}
            faults={faults.get(rule.key) ?? []}
            autoFocus={rule.key === added}
            actions={{
              change: (changed) => onChange(rules.with(index, changed)),
              move: (by) => move(index, by),
              duplicate: () => add(newRule({ ...rule }), index + 1),
              remove: () => onChange(rules.toSpliced(index, 1)),
            }}
          />
        ))}
      </Stack>
      <Group gap="xs">
        <Button
          variant="default"
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => add(newRule())}
        >
          {t("addAllow")}
        </Button>
        <Button
          variant="default"
          leftSection={<IconBan size={16} aria-hidden />}
          onClick={() => add(newRule({ deny: true }))}
        >
          {t("addDeny")}
        </Button>
      </Group>
    </Stack>
  );
}
