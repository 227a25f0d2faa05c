import { Button, Group } from "@mantine/core";
import { useTranslations } from "use-intl";
import { Link } from "wouter";

const PAGES = ["roles", "permissions", "assignments"] as const;

/** The way between the three lists of this section. */
export function Sections({ here }: { here: (typeof PAGES)[number] }) {
  const t = useTranslations("roles.sections");
  return (
    <Group component="nav" gap={4} aria-label={t("label")}>
      {PAGES.map((page) => (
        <Button
          key={page}
          component={Link}
          href={page === "roles" ? "/roles" : `/roles/${page}`}
          size="sm"
          variant={page === here ? "light" : "subtle"}
          aria-current={page === here ? "page" : undefined}
        >
          {t(page)}
        </Button>
      ))}
    </Group>
  );
}
