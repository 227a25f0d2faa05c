import { Anchor, Breadcrumbs, Group, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { Link } from "wouter";

interface Props {
  title: string;
  /** One or two sentences on what the page is for. */
  lead?: ReactNode;
  /** The way here: names and addresses, the outermost first. */
  above?: readonly { title: string; href: string }[];
  /** Buttons for what can be done on the page as a whole. */
  actions?: ReactNode;
  children: ReactNode;
}

/** The head of a page, the same everywhere; its title is the window's too. */
export function Page({ title, lead, above, actions, children }: Props) {
  useEffect(() => {
    document.title = `${title} - Portcullis`;
  }, [title]);
  return (
    <Stack gap="lg">
      <div>
        {above && (
          <Breadcrumbs mb={4}>
            {above.map((page) => (
              <Anchor key={page.href} component={Link} href={page.href} size="sm" className="told">
                {page.title}
              </Anchor>
            ))}
          </Breadcrumbs>
        )}
        <Group justify="space-between" align="flex-start">
          <Title order={1} size="h2" className="told">
            {title}
          </Title>
          {actions && <Group gap="xs">{actions}</Group>}
        </Group>
        {lead && (
          <Text c="dimmed" mt={4} maw={760}>
            {lead}
          </Text>
        )}
      </div>
      {children}
    </Stack>
  );
}
