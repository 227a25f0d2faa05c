import { Combobox, Input, TextInput, useCombobox } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { MONOSPACE } from "./monospace.ts";
import { type Suggestion, suggest } from "./suggest.ts";

interface Props {
  label: string;
  value: string;
  onChange(value: string): void;
  /** The node that owns the role: a permission that is registered elsewhere is offered with its owner. */
  owner: string;
  error?: ReactNode;
  hidesLabel?: boolean;
  disabled?: boolean;
  autoFocus?: boolean;
  /** No `@owner`: exceptions have none. */
  bare?: boolean;
}

/** A pattern, with suggestions: permissions that there are, wildcards over them, and after `@` the nodes. */
export function PatternField({ label, value, onChange, owner, error, hidesLabel, bare, ...field }: Props) {
  const t = useTranslations("roles.rules");
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const [asked] = useDebouncedValue(value, 150);
  const found = useQuery({
    queryKey: ["roles", "suggest", owner, bare, asked],
    queryFn: () => suggest(asked, owner, bare ?? false),
    enabled: combobox.dropdownOpened,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false,
  });
  const suggestions: readonly Suggestion[] = found.data ?? [];
  return (
    <Combobox
      store={combobox}
      withinPortal
      onOptionSubmit={(picked) => {
        onChange(picked);
        combobox.closeDropdown();
      }}
    >
      <Combobox.Target>
        <TextInput
          {...field}
          {...(hidesLabel ? { "aria-label": label } : { label })}
          styles={MONOSPACE}
          spellCheck={false}
          autoCapitalize="off"
          placeholder="contract.edit"
          value={value}
          error={error}
          onChange={(event) => {
            onChange(event.currentTarget.value.trimStart());
            combobox.openDropdown();
            combobox.resetSelectedOption();
          }}
          onClick={() => combobox.openDropdown()}
          onBlur={() => combobox.closeDropdown()}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={suggestions.length === 0}>
        <Combobox.Options mah={260} style={{ overflowY: "auto" }} aria-label={t("suggestions")}>
          {suggestions.map(({ value, kind, hint }) => (
            <Combobox.Option key={value} value={value}>
              <span className="told">{value}</span>
              <Input.Description className="told">
                {kind === "permission" ? hint : t(`suggested.${kind}`)}
              </Input.Description>
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
