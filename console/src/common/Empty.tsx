import { Stack, Text, ThemeIcon } from "@mantine/core";
import type { Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";

interface Props {
  Icon: Icon;
  /** What is not there. */
  title: string;
  /** What to do about it. */
  children?: ReactNode;
}

/** Where a list would be, and nothing is. */
export function Empty({ Icon, title, children }: Props) {
  return (
    <Stack align="center" gap="sm" py="xl" px="md" ta="center">
      <ThemeIcon size={56} radius="xl" variant="light" color="gray">
        <Icon size={28} stroke={1.5} aria-hidden />
      </ThemeIcon>
      <Text fw={600}>{title}</Text>
      {children && (
        <Stack align="center" gap="sm" maw={480} c="dimmed">
          {children}
        </Stack>
      )}
    </Stack>
  );
}
