import { Button, Card, Checkbox, Group, SimpleGrid, Stack, TextInput, Title } from "@mantine/core";
import { useTranslations } from "use-intl";
import { useLocation } from "wouter";
import { client, type Schema } from "~/api/client.ts";
import { useMay } from "~/app/may.ts";
import { useMe } from "~/app/session.ts";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { useSaving } from "~/common/saving.ts";
import { ExactTime, Time } from "~/common/Time.tsx";
import { TimeInput } from "~/common/TimeInput.tsx";
import { tellDone } from "~/common/tell.tsx";
import { userAddress, userPath } from "../addresses.ts";
import { READ } from "../deed.ts";
import { Facts } from "../Facts.tsx";
import { Aliases } from "./Aliases.tsx";
import { Attributes } from "./Attributes.tsx";
import { Metadata } from "./Metadata.tsx";
import { atRead, type Read } from "./paths.ts";

/** What is known about a user. */
export function Profile({ user, tag }: Read) {
  const t = useTranslations("people.profile");
  const facts = [
    { name: t("id"), value: <code>{user.id}</code> },
    { name: t("created"), value: <ExactTime at={user.created_at} /> },
    { name: t("updated"), value: <Time at={user.updated_at} /> },
  ];
  // A card begins anew when what it shows has changed, and keeps what is typed when another card is saved.
  return (
    <Stack>
      <ProfileForm key={`profile ${JSON.stringify(valuesOf(user))}`} user={user} tag={tag} />
      <Aliases user={user} tag={tag} />
      <Attributes key={`attributes ${JSON.stringify(user.attributes)}`} user={user} tag={tag} />
      <Metadata key={`metadata ${JSON.stringify(user.metadata)}`} user={user} tag={tag} />
      <Facts facts={facts} />
    </Stack>
  );
}

function ProfileForm({ user, tag }: Read) {
  const t = useTranslations("people.profile");
  const app = useTranslations("app.do");
  const me = useMe();
  const [, go] = useLocation();
  const may = useMay(["user_manage"], userPath(user.realm, user.username));
  const initial = valuesOf(user);
  const { form, submit, busy, error, shown } = useSaving({
    initial,
    changes: READ,
    save: (values) =>
      client.PATCH("/api/v1/realms/{realm}/users/{username}", {
        ...atRead({ user, tag }),
        body: changed(initial, values),
      }),
    saved: (_, { username }) => {
      tellDone(t("done"));
      if (username !== user.username) go(userAddress(user.realm, username), { replace: true });
    },
  });
  return (
    <Card withBorder component="form" onSubmit={submit}>
      <Stack>
        <Title order={2} size="h5">
          {t("title")}
        </Title>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TextInput
            required
            label={t("username")}
            description={t("usernameHint")}
            {...form.getInputProps("username")}
          />
          <TextInput
            label={t("fullName")}
            description={t("fullNameHint")}
            {...form.getInputProps("full_name")}
          />
          <TextInput
            label={t("email")}
            description={t("emailHint")}
            inputMode="email"
            {...form.getInputProps("email")}
          />
          <TimeInput
            label={t("expires")}
            description={t("expiresHint")}
            {...form.getInputProps("expires_at")}
            value={form.values.expires_at}
          />
        </SimpleGrid>
        <Checkbox
          label={t("verified")}
          description={t("verifiedHint")}
          {...form.getInputProps("email_verified", { type: "checkbox" })}
        />
        {me.superuser && (
          <Checkbox
            label={t("superuser")}
            description={t("superuserHint")}
            {...form.getInputProps("superuser", { type: "checkbox" })}
          />
        )}
        <ProblemAlert error={error} shown={shown} />
        {may.has("user_manage") && (
          <Group>
            <Button type="submit" loading={busy} disabled={!form.isDirty()}>
              {app("save")}
            </Button>
            {form.isDirty() && (
              <Button variant="default" onClick={form.reset}>
                {app("cancel")}
              </Button>
            )}
          </Group>
        )}
      </Stack>
    </Card>
  );
}

function valuesOf(user: Schema<"UserView">) {
  return {
    username: user.username,
    full_name: user.full_name ?? "",
    email: user.email ?? "",
    email_verified: user.email_verified,
    expires_at: user.expires_at ?? null,
    superuser: user.superuser,
  };
}
type Values = ReturnType<typeof valuesOf>;

/** What differs, as the API takes it: null removes. */
function changed(before: Values, now: Values): Schema<"UserPatch"> {
  const differs = (name: keyof Values) => before[name] !== now[name];
  return {
    ...(differs("username") && { username: now.username }),
    ...(differs("full_name") && { full_name: now.full_name || null }),
    ...(differs("email") && { email: now.email || null }),
    // Another address is not verified unless one says so.
    ...((differs("email_verified") || (differs("email") && now.email !== "" && now.email_verified)) && {
      email_verified: now.email_verified,
    }),
    ...(differs("expires_at") && { expires_at: now.expires_at }),
    ...(differs("superuser") && { superuser: now.superuser }),
  };
}
