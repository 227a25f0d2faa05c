import { Stack, Title } from "@mantine/core";
import { isOfChange } from "./changes.ts";
import { Fields } from "./Fields.tsx";
import { Value } from "./Value.tsx";

/** What else an event holds, by the names that the log has for it. */
export function More({ title, values }: { title: string; values: Readonly<Record<string, unknown>> }) {
  const all = new Map(Object.entries<unknown>(values));
  const rest = [...all].filter(([name]) => !isOfChange(name, all));
  if (rest.length === 0) return null;
  return (
    <Stack gap="xs">
      <Title order={4} size="h5">
        {title}
      </Title>
      <Fields
        label={title}
        fields={rest.map(([name, value]) => [name, <Value key={name} name={name} value={value} />])}
      />
    </Stack>
  );
}
