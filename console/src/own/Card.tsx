import { Group, Card as Plain, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

interface Props {
  title: string;
  lead?: ReactNode;
  /** What can be done with all of it. */
  actions?: ReactNode;
  children?: ReactNode;
}

/** A matter of the account, with what it is for. */
export function Card({ title, lead, actions, children }: Props) {
  return (
    <Plain withBorder padding="lg" mb="lg" component="section" aria-label={title}>
      <Stack>
        <Group justify="space-between" align="flex-start">
          <Title order={2} size="h4">
            {title}
          </Title>
          {actions}
        </Group>
        {lead && (
          <Text size="sm" c="dimmed">
            {lead}
          </Text>
        )}
        {children}
      </Stack>
    </Plain>
  );
}
