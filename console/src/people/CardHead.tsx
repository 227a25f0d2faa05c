import { Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

/** What a card is about, and what it is for. */
export function CardHead({ title, lead }: { title: string; lead: ReactNode }) {
  return (
    <div>
      <Title order={2} size="h5">
        {title}
      </Title>
      <Text size="sm" c="dimmed">
        {lead}
      </Text>
    </div>
  );
}
