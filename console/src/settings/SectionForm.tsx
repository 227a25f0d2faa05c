import { Alert, Button, Card, Group, List, Stack, Text, Title } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import type { FormEvent } from "react";
import { useTranslations } from "use-intl";
import { Problem } from "~/api/problem.ts";
import { sentence } from "~/common/form.ts";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { tellDone, tellFailed } from "~/common/tell.tsx";
import { discard, draft, settle, useDrafts } from "./drafts.ts";
import { type Setting, useChange } from "./live.ts";
import { SettingField } from "./SettingField.tsx";
import { useSettingText } from "./texts.ts";

interface Props {
  section: string;
  settings: readonly Setting[];
  /** Absent where the topic has this section alone. */
  title?: string | undefined;
}

/** The settings of one section, which are saved together: all of them or none. */
export function SectionForm({ section, settings: stored, title }: Props) {
  const t = useTranslations("settings");
  const textOf = useSettingText();
  const drafts = useDrafts();
  const save = useChange(section);
  // What is on its way counts as being there, so that one can go on from it.
  const onTheWay = (save.isPending && save.variables) || {};
  const settings = stored.map((setting) => {
    const value = onTheWay[setting.key];
    return value === undefined ? setting : { ...setting, value: value ?? setting.default };
  });
  const changed = settings.flatMap((setting) => {
    const to = drafts[setting.key];
    return to === undefined || (to ?? setting.default) === setting.value ? [] : [{ setting, to }];
  });
  const keys = changed.map(({ setting }) => setting.key);
  const errors = errorsOf(save.error, section);
  const shown = Object.keys(errors).length > 0 && save.error instanceof Problem ? save.error.errors : [];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const before = Object.fromEntries(changed.map(({ setting }) => [setting.key, setting.value ?? null]));
    const saved = Object.fromEntries(changed.map(({ setting, to }) => [setting.key, to]));
    save.mutate(saved, {
      onSuccess: () => {
        settle(saved);
        const undo = () => save.mutate(before, { onError: tellFailed });
        tellDone(t("saved"), { text: t("undo"), run: undo });
      },
      onError: (error) => {
        const [first] = Object.keys(errorsOf(error, section));
        const place = first && document.getElementById(first);
        if (place) place.querySelector("input")?.focus();
      },
    });
  };
  return (
    <Card withBorder padding="lg" component="form" onSubmit={submit} noValidate>
      <Stack gap="xl">
        {title && (
          <Title order={2} size="h4">
            {title}
          </Title>
        )}
        {settings.map((setting) => (
          <SettingField
            key={setting.key}
            setting={setting}
            draft={drafts[setting.key]}
            onChange={(value) => draft(setting.key, value)}
            error={errors[setting.key]}
          />
        ))}
        <ProblemAlert error={save.error} shown={shown} />
        {changed.length > 0 && (
          <Alert icon={<IconPencil />} title={t("changes", { count: changed.length })} role="status">
            <List size="sm">
              {changed.map(({ setting, to }) => {
                const text = textOf(setting);
                return (
                  <List.Item key={setting.key} className="told">
                    {t("change", {
                      name: text.label,
                      from: text.value(setting.value ?? ""),
                      to: text.value(to ?? setting.default),
                    })}
                  </List.Item>
                );
              })}
            </List>
          </Alert>
        )}
        <Group justify="flex-end">
          {changed.length === 0 && !save.isPending && (
            <Text size="sm" c="dimmed">
              {t("unchanged")}
            </Text>
          )}
          {changed.length > 0 && (
            <Button
              variant="default"
              onClick={() => {
                discard(keys);
                save.reset();
              }}
            >
              {t("discard")}
            </Button>
          )}
          <Button type="submit" disabled={changed.length === 0} loading={save.isPending}>
            {t("save")}
          </Button>
        </Group>
      </Stack>
    </Card>
  );
}

/** What the server said about single settings, by key. */
function errorsOf(error: unknown, section: string): Record<string, string> {
  if (!(error instanceof Problem)) return {};
  return Object.fromEntries(
    error.errors.map(({ pointer, detail }) => [`${section}.${pointer.slice(1)}`, sentence(detail)]),
  );
}
