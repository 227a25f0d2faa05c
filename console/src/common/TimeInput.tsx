import { TextInput, type TextInputProps } from "@mantine/core";

interface Props extends Omit<TextInputProps, "value" | "onChange" | "type"> {
  /** As the API tells times; null: none. */
  value: string | null;
  onChange(time: string | null): void;
}

/** A moment, in the time of whoever sits there. */
export function TimeInput({ value, onChange, ...field }: Props) {
  return (
    <TextInput
      {...field}
      type="datetime-local"
      value={value ? local(new Date(value)) : ""}
      onChange={(event) => onChange(moment(event.currentTarget.value))}
    />
  );
}

function local(time: Date): string {
  const two = (part: number) => String(part).padStart(2, "0");
  const day = `${String(time.getFullYear()).padStart(4, "0")}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day}T${two(time.getHours())}:${two(time.getMinutes())}`;
}

function moment(text: string): string | null {
  const time = new Date(text);
  return text === "" || Number.isNaN(time.getTime()) ? null : time.toISOString();
}
