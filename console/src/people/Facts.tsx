import { Text } from "@mantine/core";
import type { ReactNode } from "react";

/** Names and values, each beside the other; a value that is nothing stands as a dash. */
export function Facts({ facts }: { facts: readonly { name: string; value: ReactNode }[] }) {
  return (
    <dl className="facts">
      {facts.map(({ name, value }) => (
        <div key={name}>
          <Text component="dt" size="sm" c="dimmed">
            {name}
          </Text>
          <Text component="dd" m={0} className="told">
            {value || "–"}
          </Text>
        </div>
      ))}
    </dl>
  );
}
