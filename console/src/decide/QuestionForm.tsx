import { Anchor, Collapse, Grid, Group, Stack, Text, Textarea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { NodePicker, PermissionPicker, PersonPicker } from "~/common/pick.tsx";
import type { Choice } from "~/common/SearchSelect.tsx";
import { MYSELF, parseObject, type Question } from "./question.ts";
import { useNode } from "./who.ts";

interface Props {
  question: Question;
  onChange(changed: Partial<Question>): void;
}

/** Who, what, where; and folded away, what is known besides. */
export function QuestionForm({ question, onChange }: Props) {
  const t = useTranslations("decide.form");
  const { principal, permission, node, context, resource } = question;
  const [more, { toggle }] = useDisclosure(context !== "" || resource !== "");
  const who = useChoice(principal === MYSELF ? "" : principal);
  const where = useChoice(node);
  const value = (choice: Choice | null) => choice?.value ?? "";
  return (
    <Stack gap="sm" component="section" aria-label={t("label")}>
      <Grid gap="md" align="flex-start">
        <Grid.Col span={{ base: 12, sm: 6, lg: 4 }}>
          <PersonPicker
            label={t("principal")}
            placeholder={t("principalExample")}
            value={principal === MYSELF ? { value: MYSELF, label: t("me") } : who}
            onChange={(choice) => onChange({ principal: value(choice) })}
          />
          {principal !== MYSELF && (
            <Anchor component="button" size="sm" mt={4} onClick={() => onChange({ principal: MYSELF })}>
              {t("askMyself")}
            </Anchor>
          )}
        </Grid.Col>
        <Grid.Col span={{ base: 12, sm: 6, lg: 4 }}>
          <PermissionPicker
            label={t("permission")}
            description={t("permissionHint")}
            placeholder="contract.edit"
            value={permission ? { value: permission, label: permission } : null}
            onChange={(choice) => onChange({ permission: value(choice) })}
          />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <NodePicker
            label={t("node")}
            placeholder="/acme/companyA"
            value={where}
            onChange={(choice) => onChange({ node: value(choice) })}
          />
        </Grid.Col>
      </Grid>
      <div>
        <Anchor component="button" size="sm" onClick={toggle} aria-expanded={more}>
          <Group gap={4}>
            {more ? <IconChevronDown size={16} aria-hidden /> : <IconChevronRight size={16} aria-hidden />}
            {t("more")}
          </Group>
        </Anchor>
        <Collapse expanded={more}>
          <Text size="sm" c="dimmed" mt="xs" maw={760}>
            {t("moreLead")}
          </Text>
          <Grid mt="xs">
            <Grid.Col span={{ base: 12, sm: 6 }}>
              <Values label="context" value={context} onChange={(text) => onChange({ context: text })} />
            </Grid.Col>
            <Grid.Col span={{ base: 12, sm: 6 }}>
              <Values label="resource" value={resource} onChange={(text) => onChange({ resource: text })} />
            </Grid.Col>
          </Grid>
        </Collapse>
      </div>
    </Stack>
  );
}

interface ValuesProps {
  label: "context" | "resource";
  value: string;
  onChange(text: string): void;
}

/** Values as JSON; asked with once they can be read. */
function Values({ label, value, onChange }: ValuesProps) {
  const t = useTranslations("decide.form");
  const [text, setText] = useState(value);
  const wrong = parseObject(text) === undefined;
  return (
    <Textarea
      label={t(label)}
      description={t(`${label}Hint`)}
      placeholder={label === "context" ? '{"ip": "192.0.2.1"}' : '{"status": "open"}'}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      spellCheck={false}
      onBlur={() => {
        if (!wrong && text.trim() !== value) onChange(text.trim());
      }}
      error={wrong ? t("notJson") : undefined}
      autosize
      minRows={2}
      maxRows={10}
    />
  );
}

/** What stands in the field for a path or an id. */
function useChoice(reference: string): Choice | null {
  const node = useNode(reference);
  if (reference === "") return null;
  return { value: reference, label: node.data && !node.isPlaceholderData ? node.data.path : reference };
}
