import { TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";

interface Props {
  label: string;
  value: string;
  onChange(value: string | undefined): void;
}

/** A search that goes to the server a moment after the last key. */
export function SearchField({ label, value, onChange }: Props) {
  const [text, setText] = useState(value);
  const tell = useDebouncedCallback((next: string) => onChange(next === "" ? undefined : next), 250);
  return (
    <TextInput
      label={label}
      type="search"
      leftSection={<IconSearch size={16} aria-hidden />}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        tell(event.currentTarget.value);
      }}
    />
  );
}
