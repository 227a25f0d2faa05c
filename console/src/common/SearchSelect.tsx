import { Combobox, Input, Loader, TextInput, useCombobox } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";

/** One thing that can be picked. */
export interface Choice {
  /** What is picked: an id, a path, a name. */
  value: string;
  /** How people call it; it stands in the field afterwards. */
  label: string;
  /** What tells it from others of its name. */
  hint?: string;
}

export interface SearchSelectProps {
  label: ReactNode;
  description?: ReactNode;
  placeholder?: string;
  required?: boolean;
  disabled?: boolean;
  error?: ReactNode;
  /** What stands there now; its label is shown until somebody types. */
  value: Choice | null;
  onChange(choice: Choice | null): void;
}

interface Props extends SearchSelectProps {
  /** Tells searches of different things apart. */
  kind: string;
  search(text: string): Promise<Choice[]>;
  /** What typed text stands for by itself, if it does: a path, a pattern. */
  typed?(text: string): Choice | null;
}

/** A field with suggestions from the server. Works by keyboard as a combobox (WAI-ARIA). */
export function SearchSelect({ kind, search, typed, value, onChange, ...field }: Props) {
  const t = useTranslations("app.list");
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  // Undefined: nothing was typed since something was picked.
  const [text, setText] = useState<string>();
  const [asked] = useDebouncedValue(text ?? "", 200);
  const found = useQuery({
    queryKey: ["pick", kind, asked],
    queryFn: () => search(asked),
    enabled: combobox.dropdownOpened,
    placeholderData: (before) => before,
  });
  // While another answer is on its way, of what is there only what fits: nobody picks what he has not typed.
  const old = found.isPlaceholderData || asked !== (text ?? "");
  const choices = (found.data ?? []).filter((choice) => !old || fits(choice, text ?? ""));
  const pick = (picked: string) => {
    onChange(choices.find((choice) => choice.value === picked) ?? null);
    setText(undefined);
    combobox.closeDropdown();
  };
  const leave = () => {
    combobox.closeDropdown();
    if (text !== undefined) onChange(text === "" ? null : (typed?.(text) ?? exact(choices, text) ?? value));
    setText(undefined);
  };
  return (
    <Combobox store={combobox} onOptionSubmit={pick} withinPortal>
      <Combobox.Target>
        <TextInput
          {...field}
          value={text ?? value?.label ?? ""}
          rightSection={
            found.isFetching ? <Loader size={16} aria-label={t("searching")} /> : <Combobox.Chevron />
          }
          onChange={(event) => {
            setText(event.currentTarget.value);
            combobox.openDropdown();
          }}
          onClick={() => combobox.openDropdown()}
          onBlur={leave}
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Options mah={280} style={{ overflowY: "auto" }}>
          {choices.map((choice) => (
            <Combobox.Option key={choice.value} value={choice.value} active={choice.value === value?.value}>
              <span className="told">{choice.label}</span>
              {choice.hint && <Input.Description className="told">{choice.hint}</Input.Description>}
            </Combobox.Option>
          ))}
          {choices.length === 0 && (
            <Combobox.Empty>{found.isPending || old ? t("searching") : t("nothing")}</Combobox.Empty>
          )}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

function fits({ label, value, hint }: Choice, text: string): boolean {
  const wanted = text.toLowerCase();
  return [label, value, hint].some((part) => part?.toLowerCase().includes(wanted));
}

function exact(choices: readonly Choice[], text: string): Choice | undefined {
  return choices.find((choice) => choice.label === text || choice.value === text);
}
