import { Alert, Group, List, Loader, Stack, Text } from "@mantine/core";
import { IconArrowsExchange, IconEqual } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { client, type Schema } from "~/api/client.ts";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import type { Thought } from "./effects.ts";

/** So many people are named. */
const PEOPLE = 5;

type Affected = Schema<"SubjectView">;

/** Who would gain and who would lose what, before it is done; and why it would be refused, if it would. */
export function Effects({ change }: { change: Thought }) {
  const t = useTranslations("tree.effects");
  const asked = useQuery({
    queryKey: ["what-if", change],
    queryFn: async () => {
      const body = { ...change, limit: PEOPLE, nodes: 0 };
      const { data } = await client.POST("/api/v1/access/what-if", { body });
      return data;
    },
    retry: false,
  });
  if (asked.error) return <ProblemAlert error={asked.error} />;
  if (!asked.data) {
    return (
      <Group gap="xs" role="status">
        <Loader size="xs" aria-hidden />
        <Text size="sm">{t("asking")}</Text>
      </Group>
    );
  }
  const { items, total, gaining, losing, partial } = asked.data;
  return (
    <Alert
      role="status"
      color={losing > 0 || gaining > 0 ? "yellow" : "gray"}
      icon={total > 0 ? <IconArrowsExchange /> : <IconEqual />}
      title={total > 0 ? t("some", { gaining, losing }) : t("none")}
    >
      <Stack gap={4}>
        {items.length > 0 && (
          <List size="sm">
            {items.map((item, index) => (
              <List.Item key={item.subject?.id ?? index} className="told">
                <Person item={item} />
              </List.Item>
            ))}
          </List>
        )}
        {total > items.length && <Text size="sm">{t("more", { count: total - items.length })}</Text>}
        {partial && <Text size="sm">{t("partial")}</Text>}
      </Stack>
    </Alert>
  );
}

function Person({ item }: { item: Affected }) {
  const t = useTranslations("tree.effects");
  const name = item.subject ? (item.subject.path ?? item.subject.id) : t("nobody");
  const names = (lost: boolean) =>
    item.changes
      .filter((change) => (lost ? change.lost : change.gained).total > 0)
      .flatMap(({ permissions }) => permissions);
  const few = (all: readonly string[]) => {
    const first = all.slice(0, 4).join(", ");
    return all.length > 4 ? t("andMore", { first, count: all.length - 4 }) : first;
  };
  const [gained, lost] = [names(false), names(true)];
  return (
    <>
      <strong>{name}</strong>
      {gained.length > 0 && <div>{t("gains", { permissions: few(gained) })}</div>}
      {lost.length > 0 && <div>{t("loses", { permissions: few(lost) })}</div>}
    </>
  );
}
