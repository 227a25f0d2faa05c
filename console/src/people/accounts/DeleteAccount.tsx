import { Button, Card, Group, List, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useTranslations } from "use-intl";
import { useLocation } from "wouter";
import { client, type Schema } from "~/api/client.ts";
import { ConfirmByName } from "~/common/ConfirmByName.tsx";
import { tellDone } from "~/common/tell.tsx";
import { ifMatch } from "../deed.ts";
import { useEnding } from "../ending.ts";

interface Props {
  account: Schema<"ServiceAccountView">;
  tag: string | null;
}

/** The end of a service account. */
export function DeleteAccount({ account, tag }: Props) {
  const t = useTranslations("people.deleteAccount");
  const [asking, ask] = useDisclosure(false);
  const [, go] = useLocation();
  const { id, name } = account;
  const end = useEnding(
    () =>
      client.DELETE("/api/v1/service-accounts/{account}", {
        params: { path: { account: id } },
        ...ifMatch(tag),
      }),
    () => {
      tellDone(t("done", { name }));
      go("/people/service-accounts");
    },
  );
  return (
    <Card withBorder mt="md">
      <Group justify="space-between">
        <div>
          <Title order={2} size="h5">
            {t("title")}
          </Title>
          <Text size="sm" c="dimmed">
            {t("lead")}
          </Text>
        </div>
        <Button variant="light" color="red" onClick={ask.open}>
          {t("button")}
        </Button>
      </Group>
      {asking && (
        <ConfirmByName
          title={t("title")}
          name={name}
          confirm={t("button")}
          error={end.error}
          busy={end.isPending}
          onConfirm={() => end.mutate()}
          onClose={ask.close}
        >
          <List size="sm">
            <List.Item>{t("goes")}</List.Item>
            <List.Item>{t("stays")}</List.Item>
          </List>
        </ConfirmByName>
      )}
    </Card>
  );
}
