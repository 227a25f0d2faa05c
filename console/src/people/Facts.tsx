import { Grid, Text } from "@mantine/core";
import type { ReactNode } from "react";

/** Names and values, each beside the other; a value that is nothing stands as a dash. */
export function Facts({ facts }: { facts: readonly { name: string; value: ReactNode }[] }) {
  return (
    <Grid gap="xs" component="dl" m={0}>
      {facts.map(({ name, value }) => (
        <Grid.Col key={name} span={{ base: 12, sm: 6, lg: 4 }}>
          <Text component="dt" size="sm" c="dimmed">
            {name}
          </Text>
          <Text component="dd" m={0} className="told">
            {value || "–"}
          </Text>
        </Grid.Col>
      ))}
    </Grid>
  );
}
