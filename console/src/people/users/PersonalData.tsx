import { Button, Card, Checkbox, Group, List, Stack, Text, Title } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useLocation } from "wouter";
import { client, type Schema } from "~/api/client.ts";
import { useMay } from "~/app/may.ts";
import { download } from "~/common/download.ts";
import { tellDone, tellFailed } from "~/common/tell.tsx";
import { realmAddress, userPath } from "../addresses.ts";
import { EndingCard } from "../EndingCard.tsx";
import { useEnding } from "../ending.ts";
import { atRead, type Read } from "./paths.ts";

/** What is held about a user, and the ways to have it gone. */
export function PersonalData({ user, tag }: Read) {
  const path = userPath(user.realm, user.username);
  const may = useMay(["user_manage", "audit:read", "audit:erase"], path);
  return (
    <Stack>
      {may.has("audit:read") && <Export user={user} />}
      {may.has("user_manage") && <Delete user={user} tag={tag} />}
      {may.has("audit:erase") && <Erase user={user} />}
    </Stack>
  );
}

function Export({ user }: { user: Schema<"UserView"> }) {
  const t = useTranslations("people.personalData");
  const name = `${user.username}@${user.realm}`;
  const tell = useMutation({
    mutationFn: async (format: "json" | "csv") => {
      const answer = await client.POST("/gdpr/export", { body: { user: name, format }, parseAs: "blob" });
      if (answer.data) download(`${name}.${format}`, answer.data);
    },
    onError: tellFailed,
  });
  return (
    <Card withBorder>
      <Title order={2} size="h5">
        {t("export")}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t("exportLead")}
      </Text>
      <Group>
        {(["json", "csv"] as const).map((format) => (
          <Button
            key={format}
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
            loading={tell.isPending && tell.variables === format}
            onClick={() => tell.mutate(format)}
          >
            {t(format)}
          </Button>
        ))}
      </Group>
    </Card>
  );
}

function Delete({ user, tag }: Read) {
  const t = useTranslations("people.deleteUser");
  const end = useLeaving(user, t("done", { username: user.username }), () =>
    client.DELETE("/api/v1/realms/{realm}/users/{username}", atRead({ user, tag })),
  );
  return (
    <EndingCard title={t("title")} lead={t("lead")} button={t("button")} name={user.username} end={end}>
      <List size="sm">
        <List.Item>{t("goes")}</List.Item>
        <List.Item>{t("stays")}</List.Item>
      </List>
    </EndingCard>
  );
}

function Erase({ user }: { user: Schema<"UserView"> }) {
  const t = useTranslations("people.erase");
  const [anonymize, setAnonymize] = useState(false);
  const name = `${user.username}@${user.realm}`;
  const end = useLeaving(user, t("done", { username: user.username }), () =>
    client.POST("/gdpr/delete", { body: { user: name, confirm: true, anonymize } }),
  );
  return (
    <EndingCard title={t("title")} lead={t("lead")} button={t("button")} name={user.username} end={end}>
      <List size="sm">
        <List.Item>{t("goes")}</List.Item>
        <List.Item>{t("audit")}</List.Item>
        <List.Item>{t("backups")}</List.Item>
      </List>
      <Checkbox
        label={t("anonymize")}
        description={t("anonymizeHint")}
        checked={anonymize}
        onChange={(event) => setAnonymize(event.currentTarget.checked)}
      />
    </EndingCard>
  );
}

/** Does what ends a user, and goes back to his realm. */
function useLeaving(user: Schema<"UserView">, done: string, run: () => Promise<unknown>) {
  const [, go] = useLocation();
  return useEnding(run, () => {
    tellDone(done);
    go(realmAddress(user.realm));
  });
}
