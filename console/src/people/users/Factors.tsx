import { Alert, Button, Group, Stack, Table, Text } from "@mantine/core";
import { IconDeviceMobile, IconInfoCircle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { client, type Schema } from "~/api/client.ts";
import { Empty } from "~/common/Empty.tsx";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { Time } from "~/common/Time.tsx";
import { confirmLoss } from "~/common/tell.tsx";
import { Waiting } from "~/common/Waiting.tsx";
import { READ, useDeed } from "../deed.ts";
import { at } from "./paths.ts";

type User = Schema<"UserView">;

/** The second factors of a user, and the way out for who lost them. */
export function Factors({ user }: { user: User }) {
  const t = useTranslations("people.factors");
  const found = useQuery({
    queryKey: [...READ, "factors", user.id],
    queryFn: async () => (await client.GET("/api/v1/realms/{realm}/users/{username}/factors", at(user))).data,
  });
  if (found.isPending) return <Waiting />;
  if (!found.data) return <ProblemAlert error={found.error} />;
  const { items, required, warning, recovery_codes_left } = found.data;
  return (
    <Stack>
      {warning && <Alert color="yellow">{warning}</Alert>}
      <Alert color="blue" icon={<IconInfoCircle />}>
        {t("required", { required })}
      </Alert>
      {items.length === 0 ? (
        <Empty Icon={IconDeviceMobile} title={t("nothing")}>
          <Text size="sm">{t("nothingLead")}</Text>
        </Empty>
      ) : (
        <>
          <FactorTable factors={items} />
          <Group justify="space-between">
            <Text size="sm">{t("codes", { codes: recovery_codes_left })}</Text>
            <Reset user={user} />
          </Group>
        </>
      )}
    </Stack>
  );
}

function FactorTable({ factors }: { factors: readonly Schema<"FactorView">[] }) {
  const t = useTranslations("people.factors");
  return (
    <Table aria-label={t("label")} verticalSpacing="sm">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t("factor")}</Table.Th>
          <Table.Th>{t("type")}</Table.Th>
          <Table.Th visibleFrom="sm">{t("since")}</Table.Th>
          <Table.Th visibleFrom="sm">{t("used")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {factors.map(({ id, name, hint, type, created_at, last_used_at }) => (
          <Table.Tr key={id}>
            <Table.Td className="told">
              <bdi>{name}</bdi>
              {hint && (
                <Text size="sm" c="dimmed">
                  {hint}
                </Text>
              )}
            </Table.Td>
            <Table.Td>{t(`types.${type}`)}</Table.Td>
            <Table.Td visibleFrom="sm">
              <Time at={created_at} />
            </Table.Td>
            <Table.Td visibleFrom="sm">
              <Time at={last_used_at} none={t("never")} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Reset({ user }: { user: User }) {
  const t = useTranslations("people.factors");
  const app = useTranslations("app.do");
  const { username } = user;
  const reset = useDeed(
    () => client.DELETE("/api/v1/realms/{realm}/users/{username}/factors", at(user)),
    () => t("resetDone", { username }),
  );
  const ask = async () => {
    const loss = {
      title: t("resetTitle", { username }),
      children: t("resetLead"),
      confirm: t("reset"),
      cancel: app("cancel"),
    };
    if (await confirmLoss(loss)) reset.mutate();
  };
  return (
    <Button variant="light" color="red" loading={reset.isPending} onClick={ask}>
      {t("reset")}
    </Button>
  );
}
