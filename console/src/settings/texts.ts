import { useMessages, useTranslations } from "use-intl";
import type { Setting } from "./live.ts";

interface Text {
  label: string;
  help: string;
  choices?: Readonly<Record<string, string>>;
}

/** How a setting is called and explained. One without texts of its own speaks as the server does. */
export interface SettingText {
  label: string;
  help: string;
  choice(word: string): string;
  /** A value as people read it, with its unit. */
  value(value: string): string;
}

/** Tells how settings are called, in the language of the user. */
export function useSettingText(): (setting: Setting) => SettingText {
  const all: Readonly<Record<string, Readonly<Record<string, Text>>>> = useMessages().settings.keys;
  const t = useTranslations("settings");
  const unit = (key: string, value: string) => {
    const count = Number(value);
    const [, name] = key.match(/_?(minutes|hours|days|mebibytes)$/) ?? [];
    return name && value !== "" && Number.isInteger(count)
      ? t(`amount.${name as "minutes" | "hours" | "days" | "mebibytes"}`, { count })
      : value;
  };
  return (setting) => {
    const [section = "", name = ""] = setting.key.split(".");
    const text = own(own(all, section) ?? {}, name);
    const choice = (word: string) => own(text?.choices ?? {}, word) ?? word;
    return {
      label: text?.label ?? setting.key,
      help: text?.help ?? setting.help,
      choice,
      value: (value) => {
        if (setting.form === "truth") return t(value === "true" ? "on" : "off");
        if (setting.form === "choice") return choice(value).split(":")[0] ?? value;
        return value === "" ? t("nothing") : unit(setting.key, value);
      },
    };
  };
}

/** What numbers of a setting count, to stand beside them. */
export function unitOf(key: string): "minutes" | "hours" | "days" | "mebibytes" | undefined {
  const [, name] = key.match(/[._](minutes|hours|days|mebibytes)$/) ?? [];
  return name as "minutes" | "hours" | "days" | "mebibytes" | undefined;
}

function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
