import {
  Anchor,
  Badge,
  Box,
  Code,
  Group,
  NumberInput,
  Radio,
  Stack,
  Switch,
  Text,
  TextInput,
} from "@mantine/core";
import { useTranslations } from "use-intl";
import type { Setting } from "./live.ts";
import { unitOf, useSettingText } from "./texts.ts";

interface Props {
  setting: Setting;
  /** What is not saved yet; null: the default again; undefined: nothing. */
  draft: string | null | undefined;
  onChange(value: string | null | undefined): void;
  error?: string | undefined;
}

/** One setting: what it does, its value, what is usual, and whether it can be changed here. */
export function SettingField({ setting, draft, onChange, error }: Props) {
  const t = useTranslations("settings");
  const text = useSettingText()(setting);
  const inForce = setting.value ?? "";
  const value = draft === undefined ? inForce : (draft ?? setting.default);
  const change = (next: string) => onChange(next === inForce ? undefined : next);
  const isChanged = draft !== undefined && value !== inForce;
  return (
    <Box id={setting.key} className="setting" data-changed={isChanged || undefined}>
      <Input {...{ setting, value, error }} onChange={change} />
      <Group gap="xs" mt={6}>
        {isChanged && <Badge tt="none">{t("changed")}</Badge>}
        {setting.pinned && (
          <Badge variant="default" tt="none">
            {t("pinned")}
          </Badge>
        )}
        <Text size="xs" c="dimmed" className="told">
          {value === setting.default ? t("isDefault") : t("default", { value: text.value(setting.default) })}
        </Text>
        {!setting.pinned && value !== setting.default && (
          <Anchor
            component="button"
            type="button"
            size="xs"
            aria-label={t("backToDefaultOf", { name: text.label })}
            onClick={() => onChange(inForce === setting.default ? undefined : null)}
          >
            {t("backToDefault")}
          </Anchor>
        )}
      </Group>
      {setting.pinned && (
        <Text size="xs" c="dimmed" mt={4} className="told">
          {t.rich("pinnedWhy", { name: () => <Code>{variableOf(setting.key)}</Code> })}
        </Text>
      )}
    </Box>
  );
}

interface InputProps {
  setting: Setting;
  value: string;
  error?: string | undefined;
  onChange(value: string): void;
}

function Input({ setting, value, error, onChange }: InputProps) {
  const t = useTranslations("settings");
  const text = useSettingText()(setting);
  const field = { label: text.label, description: text.help, error, disabled: setting.pinned };
  const unit = unitOf(setting.key);
  switch (setting.form) {
    case "truth":
      return (
        <Switch
          {...field}
          checked={value === "true"}
          onChange={(event) => onChange(String(event.currentTarget.checked))}
        />
      );
    case "number":
      return (
        <NumberInput
          {...field}
          value={value}
          onChange={(next) => onChange(String(next))}
          allowDecimal={false}
          clampBehavior="none"
          {...(setting.min != null && { min: setting.min })}
          {...(setting.max != null && { max: setting.max })}
          maw={unit ? 260 : 200}
          {...(unit && { suffix: ` ${t(`unit.${unit}`)}` })}
          styles={{ label: wide, description: wide, error: wide }}
        />
      );
    case "choice":
      return (
        <Radio.Group {...field} value={value} onChange={onChange}>
          <Stack gap={6} mt="xs">
            {(setting.choices ?? [value]).map((word) => (
              <Radio key={word} value={word} label={text.choice(word)} disabled={setting.pinned} />
            ))}
          </Stack>
        </Radio.Group>
      );
    default:
      return (
        <TextInput
          {...field}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
          maw={420}
        />
      );
  }
}

/** The words beside a narrow field are as wide as those beside others. */
const wide = { width: "min(760px, 75vw)" };

/** The environment variable that fixes a setting. */
export function variableOf(key: string): string {
  return `PORTCULLIS_${key.replaceAll(".", "_").toUpperCase()}`;
}
