import { Anchor, Button, Card, Stack, Text, Title } from "@mantine/core";
import { IconLockOpen } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { client, type Schema } from "~/api/client.ts";
import { Empty } from "~/common/Empty.tsx";
import { useList } from "~/common/list.ts";
import { Table } from "~/common/Table.tsx";
import { Time } from "~/common/Time.tsx";
import { tellDone, tellFailed } from "~/common/tell.tsx";

type Lock = Schema<"SourceLockView">;

/** The addresses that are locked out by failures. */
export function LockedSources() {
  const t = useTranslations("settings.sources");
  const queries = useQueryClient();
  const list = useList<Lock>(["settings", "source-locks"], async (cursor) => {
    const query = cursor === undefined ? {} : { cursor };
    const { data } = await client.GET("/api/v1/source-locks", { params: { query } });
    return data ?? { items: [] };
  });
  const unlock = async (source: string) => {
    try {
      await client.DELETE("/api/v1/source-locks/{source}", { params: { path: { source } } });
      await queries.invalidateQueries({ queryKey: ["settings", "source-locks"] });
      tellDone(t("unlocked", { source }));
    } catch (error) {
      tellFailed(error);
    }
  };
  return (
    <Card withBorder padding="lg">
      <Stack>
        <Title order={2} size="h4">
          {t("title")}
        </Title>
        <Text size="sm" c="dimmed">
          {t("lead")}{" "}
          <Anchor component={Link} href="/people" size="sm" underline="always">
            {t("users")}
          </Anchor>
        </Text>
        <Table
          label={t("title")}
          list={list}
          id={(lock) => lock.source}
          columns={[
            { title: t("source"), show: (lock) => <code>{lock.source}</code> },
            { title: t("since"), show: (lock) => <Time at={lock.since} />, wide: true },
            { title: t("until"), show: (lock) => <Time at={lock.until} /> },
            {
              title: t("actions"),
              align: "right",
              show: (lock) => (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={t("unlockOne", { source: lock.source })}
                  onClick={() => unlock(lock.source)}
                >
                  {t("unlock")}
                </Button>
              ),
            },
          ]}
          empty={<Empty Icon={IconLockOpen} title={t("none")} />}
        />
      </Stack>
    </Card>
  );
}
