import { Anchor, Code, Combobox, Input, Mark, Text, Textarea, useCombobox } from "@mantine/core";
import { type KeyboardEvent, useId, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { type Completion, completions } from "./completions.ts";
import { MONOSPACE } from "./monospace.ts";

interface Fault {
  detail: string;
  line?: number | null | undefined;
  column?: number | null | undefined;
}

interface Props {
  label: string;
  description?: string;
  value: string;
  onChange(value: string): void;
  fault?: Fault | undefined;
  disabled?: boolean;
  autoFocus?: boolean;
}

/** A condition in CEL: completed while it is written, with what is wrong marked in its place. */
export function ConditionField({ label, description, value, onChange, fault, ...field }: Props) {
  const t = useTranslations("roles.condition");
  const input = useRef<HTMLTextAreaElement>(null);
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const [caret, setCaret] = useState(0);
  const faultId = useId();
  const { start, options } = completions(value, caret);
  const complete = (text: string) => {
    const next = value.slice(0, start) + text + value.slice(caret);
    onChange(next);
    const place = start + text.length;
    combobox.closeDropdown();
    // After the new text is in the field.
    requestAnimationFrame(() => {
      input.current?.focus();
      input.current?.setSelectionRange(place, place);
      setCaret(place);
    });
  };
  const moved = () => setCaret(input.current?.selectionStart ?? value.length);
  const keyed = (event: KeyboardEvent) => {
    if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      moved();
      combobox.openDropdown();
    }
  };
  return (
    <div>
      <Combobox store={combobox} onOptionSubmit={complete} withinPortal position="bottom-start">
        <Combobox.Target>
          <Textarea
            {...field}
            ref={input}
            label={label}
            description={description ?? t("hint")}
            value={value}
            autosize
            minRows={1}
            maxRows={10}
            maxLength={4096}
            spellCheck={false}
            styles={MONOSPACE}
            placeholder="resource.status == 'open'"
            error={Boolean(fault)}
            aria-describedby={fault ? faultId : undefined}
            onChange={(event) => {
              onChange(event.currentTarget.value);
              const at = event.currentTarget.selectionStart;
              setCaret(at);
              if (/[\w.]$/.test(event.currentTarget.value.slice(0, at))) combobox.openDropdown();
              else combobox.closeDropdown();
              combobox.resetSelectedOption();
            }}
            onKeyDown={keyed}
            onSelect={moved}
            onBlur={() => combobox.closeDropdown()}
          />
        </Combobox.Target>
        <Combobox.Dropdown hidden={options.length === 0}>
          <Combobox.Options mah={240} style={{ overflowY: "auto" }} aria-label={t("suggestions")}>
            {options.map((option: Completion) => (
              <Combobox.Option key={option.text} value={option.text}>
                <Code>{option.text}</Code>{" "}
                <Input.Description component="span">{t(`means.${option.means}`)}</Input.Description>
              </Combobox.Option>
            ))}
          </Combobox.Options>
        </Combobox.Dropdown>
      </Combobox>
      {fault && (
        <FaultInText
          id={faultId}
          text={value}
          fault={fault}
          go={(place) => {
            input.current?.focus();
            input.current?.setSelectionRange(place, place);
          }}
        />
      )}
    </div>
  );
}

interface FaultProps {
  id: string;
  text: string;
  fault: Fault;
  go(place: number): void;
}

/** The line where the fault is, with a mark on it, and the way there. */
function FaultInText({ id, text, fault, go }: FaultProps) {
  const t = useTranslations("roles.condition");
  const { detail, line, column } = fault;
  if (line == null || column == null) {
    return (
      <Text id={id} size="sm" c="var(--mantine-color-error)" mt={4} className="told">
        {detail}
      </Text>
    );
  }
  const lines = text.split("\n");
  // Columns are characters of Unicode; a text of JavaScript counts some of them twice.
  const characters = [...(lines[line - 1] ?? "")];
  const before = characters.slice(0, column - 1).join("");
  const place = lines.slice(0, line - 1).reduce((sum, other) => sum + other.length + 1, 0) + before.length;
  return (
    <div id={id}>
      <Text size="sm" c="var(--mantine-color-error)" mt={4} className="told">
        {t("fault", { line, column, detail })}{" "}
        <Anchor component="button" type="button" size="sm" onClick={() => go(place)}>
          {t("go")}
        </Anchor>
      </Text>
      <Code block className="told" mt={4}>
        {before}
        <Mark color="red">{characters[column - 1] ?? "\u00a0"}</Mark>
        {characters.slice(column).join("")}
      </Code>
    </div>
  );
}
