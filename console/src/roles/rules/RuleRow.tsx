import { ActionIcon, Button, Group, Menu, Paper, Stack, TagsInput } from "@mantine/core";
import {
  IconArrowDown,
  IconArrowUp,
  IconBan,
  IconCheck,
  IconCopy,
  IconDotsVertical,
  IconFilter,
  IconTrash,
} from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { ConditionField } from "./ConditionField.tsx";
import type { CheckedRule, RuleFault } from "./check.ts";
import { PatternField } from "./PatternField.tsx";
import { isForData, type RuleDraft } from "./rule.ts";
import { StandsFor } from "./StandsFor.tsx";

export interface RuleActions {
  change(rule: RuleDraft): void;
  move(by: -1 | 1): void;
  duplicate(): void;
  remove(): void;
}

interface Props {
  rule: RuleDraft;
  /** Its place, from 1, of how many. */
  place: number;
  count: number;
  owner: string;
  checked: CheckedRule | undefined;
  /** What the server said when it was to be saved. */
  faults: readonly RuleFault[];
  actions: RuleActions;
  autoFocus?: boolean;
}

/** A rule: effect and pattern on its line, what narrows it below, and what is said of it. */
export function RuleRow({ rule, place, count, owner, checked, faults, actions, autoFocus }: Props) {
  const t = useTranslations("roles.rules");
  const told = faults.length > 0 ? faults : (checked?.errors ?? []);
  const at = (field: string) => told.find((fault) => fault.field === field);
  const rest = told.filter(
    ({ field }) => !["/when", "/rows"].includes(field) && !field.startsWith("/except"),
  );
  const except = told.find(({ field }) => field.startsWith("/except"));
  const change = (part: Partial<RuleDraft>) => actions.change({ ...rule, ...part });
  const forData = !rule.deny && isForData(rule.pattern);
  return (
    <Paper component="li" withBorder p="xs" aria-label={t("rule", { place })} role="group">
      <Stack gap="xs">
        <Group gap="xs" align="flex-start" wrap="nowrap">
          <EffectSwitch deny={rule.deny} onChange={(deny) => change({ deny })} />
          <div style={{ flex: 1, minWidth: 0 }}>
            <PatternField
              label={t("pattern", { place })}
              hidesLabel
              owner={owner}
              value={rule.pattern}
              error={rest.map(({ detail }) => detail).join("; ") || undefined}
              onChange={(pattern) => change({ pattern })}
              autoFocus={autoFocus ?? false}
            />
            <StandsFor rule={rule} checked={checked} />
          </div>
          <RowMenu
            rule={rule}
            place={place}
            count={count}
            forData={forData}
            change={change}
            actions={actions}
          />
        </Group>
        {rule.except.length > 0 && (
          <TagsInput
            label={t("exceptLabel")}
            description={t("exceptHint")}
            value={rule.except.filter((pattern) => pattern !== "")}
            onChange={(patterns) => change({ except: patterns.length > 0 ? patterns : [""] })}
            acceptValueOnBlur
            error={except?.detail}
            rightSection={<Drop name={t("dropExcept")} onClick={() => change({ except: [] })} />}
          />
        )}
        {rule.when !== undefined && (
          <Narrowing name={t("dropWhen")} drop={() => change({ when: undefined })}>
            <ConditionField
              label={t("whenLabel")}
              value={rule.when}
              onChange={(when) => change({ when })}
              fault={at("/when")}
            />
          </Narrowing>
        )}
        {rule.fields !== undefined && (
          <TagsInput
            label={t("fieldsLabel")}
            description={t("fieldsHint")}
            value={[...rule.fields]}
            onChange={(fields) => change({ fields })}
            acceptValueOnBlur
            rightSection={<Drop name={t("dropFields")} onClick={() => change({ fields: undefined })} />}
          />
        )}
        {rule.rows !== undefined && (
          <Narrowing name={t("dropRows")} drop={() => change({ rows: undefined })}>
            <ConditionField
              label={t("rowsLabel")}
              value={rule.rows}
              onChange={(rows) => change({ rows })}
              fault={at("/rows")}
            />
          </Narrowing>
        )}
      </Stack>
    </Paper>
  );
}

function EffectSwitch({ deny, onChange }: { deny: boolean; onChange(deny: boolean): void }) {
  const t = useTranslations("roles.rules");
  const Icon = deny ? IconBan : IconCheck;
  return (
    <Button
      color={deny ? "red.9" : "green.9"}
      px="xs"
      miw={98}
      leftSection={<Icon size={16} stroke={2.5} aria-hidden />}
      title={deny ? t("toAllow") : t("toDeny")}
      onClick={() => onChange(!deny)}
    >
      {deny ? t("deny") : t("allow")}
    </Button>
  );
}

interface MenuProps {
  rule: RuleDraft;
  place: number;
  count: number;
  forData: boolean;
  change(part: Partial<RuleDraft>): void;
  actions: RuleActions;
}

function RowMenu({ rule, place, count, forData, change, actions }: MenuProps) {
  const t = useTranslations("roles.rules");
  const narrow = [
    { name: t("addWhen"), there: rule.when !== undefined, add: { when: "" } },
    { name: t("addExcept"), there: rule.except.length > 0, add: { except: [""] } },
    { name: t("addFields"), there: rule.fields !== undefined || !forData, add: { fields: [] } },
    { name: t("addRows"), there: rule.rows !== undefined || !forData, add: { rows: "" } },
  ].filter(({ there }) => !there);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label={t("more", { place })}>
          <IconDotsVertical size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {narrow.map(({ name, add }) => (
          <Menu.Item
            key={name}
            leftSection={<IconFilter size={16} aria-hidden />}
            onClick={() => change(add)}
          >
            {name}
          </Menu.Item>
        ))}
        <Menu.Item leftSection={<IconCopy size={16} aria-hidden />} onClick={actions.duplicate}>
          {t("duplicate")}
        </Menu.Item>
        <Menu.Item
          disabled={place === 1}
          leftSection={<IconArrowUp size={16} aria-hidden />}
          onClick={() => actions.move(-1)}
        >
          {t("up")}
        </Menu.Item>
        <Menu.Item
          disabled={place === count}
          leftSection={<IconArrowDown size={16} aria-hidden />}
          onClick={() => actions.move(1)}
        >
          {t("down")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={actions.remove}>
          {t("remove")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Drop({ name, onClick }: { name: string; onClick(): void }) {
  return (
    <ActionIcon variant="subtle" color="gray" aria-label={name} title={name} onClick={onClick}>
      <IconTrash size={16} aria-hidden />
    </ActionIcon>
  );
}

function Narrowing({ name, drop, children }: { name: string; drop(): void; children: React.ReactNode }) {
  return (
    <Group gap={4} wrap="nowrap" align="flex-start">
      <div style={{ flex: 1, minWidth: 0 }}>{children}</div>
      <Drop name={name} onClick={drop} />
    </Group>
  );
}
