import { Anchor, Card, Group, List, Text, Title } from "@mantine/core";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import type { Schema } from "~/api/client.ts";
import { eventsAt, type Filter } from "../filters.ts";
import { NodeName } from "../names.tsx";

interface Props {
  title: string;
  users: readonly Schema<"UserCount">[];
  /** Which events were counted. */
  filters: Partial<Record<Filter, string>>;
}

/** With whom most of it happened, with the way to the events. */
export function MostUsers({ title, users, filters }: Props) {
  const t = useTranslations("audit.dashboard");
  return (
    <Card withBorder padding="md" component="section" aria-label={title} miw={280}>
      <Title order={2} size="h5" mb="sm">
        {title}
      </Title>
      {users.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t("none")}
        </Text>
      ) : (
        <List
          type="ordered"
          spacing={6}
          styles={{ itemWrapper: { width: "100%" }, itemLabel: { width: "100%" } }}
        >
          {users.map(({ user_id, count }) => (
            <List.Item key={user_id ?? ""}>
              <Group justify="space-between" wrap="nowrap" className="told">
                <span>{user_id ? <NodeName id={user_id} /> : t("nobody")}</span>
                {user_id ? (
                  <Anchor component={Link} href={eventsAt({ ...filters, user: user_id })} size="sm">
                    {t("events", { count })}
                  </Anchor>
                ) : (
                  <Text size="sm">{t("events", { count })}</Text>
                )}
              </Group>
            </List.Item>
          ))}
        </List>
      )}
    </Card>
  );
}
