import { Alert, Button, Card, Group, List, Stack, Switch, TagsInput, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { useLocation } from "wouter";
import { client, type Schema } from "~/api/client.ts";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { useSaving } from "~/common/saving.ts";
import { tellDone } from "~/common/tell.tsx";
import { Waiting } from "~/common/Waiting.tsx";
import { PEOPLE } from "../addresses.ts";
import { ifMatch, READ } from "../deed.ts";
import { EndingCard } from "../EndingCard.tsx";
import { useEnding } from "../ending.ts";
import { useUserCount } from "../read.ts";

/** Whether strangers may register in a realm, and its end. */
export function RealmSettings({ realm, tag }: { realm: string; tag: string | null }) {
  const found = useQuery({
    queryKey: [...READ, "registration", realm],
    queryFn: async () =>
      (await client.GET("/api/v1/realms/{realm}/registration", { params: { path: { realm } } })).data,
  });
  return (
    <Stack>
      <ProblemAlert error={found.error} />
      {found.isPending && <Waiting />}
      {found.data && <Registration key={JSON.stringify(found.data)} realm={realm} now={found.data} />}
      <DeleteRealm realm={realm} tag={tag} />
    </Stack>
  );
}

function Registration({ realm, now }: { realm: string; now: Schema<"Registration"> }) {
  const t = useTranslations("people.registration");
  const app = useTranslations("app.do");
  const { form, submit, busy, error, shown } = useSaving({
    initial: { open: now.open, email_domains: now.email_domains ?? [] },
    changes: [...READ, "registration", realm],
    save: ({ open, email_domains }) =>
      client.PUT("/api/v1/realms/{realm}/registration", {
        params: { path: { realm } },
        body: open ? { open, email_domains } : { open },
      }),
    saved: (_, { open }) => tellDone(open ? t("opened") : t("closed")),
  });
  return (
    <Card withBorder component="form" onSubmit={submit}>
      <Stack>
        <Title order={2} size="h5">
          {t("title")}
        </Title>
        <Switch
          label={t("open")}
          description={t("openHint")}
          {...form.getInputProps("open", { type: "checkbox" })}
        />
        {form.values.open && (
          <TagsInput
            label={t("domains")}
            description={t("domainsHint")}
            {...form.getInputProps("email_domains")}
            error={form.errors.email_domains ?? domainError(form.errors)}
          />
        )}
        <ProblemAlert error={error} shown={shown} />
        <Group>
          <Button type="submit" loading={busy} disabled={!form.isDirty()}>
            {app("save")}
          </Button>
        </Group>
      </Stack>
    </Card>
  );
}

/** What is wrong with one of the domains stands at the field of all. */
function domainError(errors: Readonly<Record<string, unknown>>): string | undefined {
  const [, first] = Object.entries(errors).find(([path]) => path.startsWith("email_domains.")) ?? [];
  return typeof first === "string" ? first : undefined;
}

function DeleteRealm({ realm, tag }: { realm: string; tag: string | null }) {
  const t = useTranslations("people.deleteRealm");
  const [, go] = useLocation();
  const users = useUserCount(realm).data ?? 0;
  const end = useEnding(
    () => client.DELETE("/api/v1/realms/{realm}", { params: { path: { realm } }, ...ifMatch(tag) }),
    () => {
      tellDone(t("done", { realm }));
      go(PEOPLE);
    },
  );
  return (
    <EndingCard title={t("title")} lead={t("lead")} button={t("button")} name={realm} end={end}>
      {users > 0 && <Alert color="yellow">{t("users", { users })}</Alert>}
      <Text size="sm">{t("goes")}</Text>
      <List size="sm">
        <List.Item>{t("goesGroup")}</List.Item>
        <List.Item>{t("goesConnections")}</List.Item>
        <List.Item>{t("goesInvitations")}</List.Item>
      </List>
      <Text size="sm">{t("stays")}</Text>
    </EndingCard>
  );
}
