import { ActionIcon, Autocomplete, Button, Card, Group, Stack, Table, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { client, type Schema } from "~/api/client.ts";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { useSaving } from "~/common/saving.ts";
import { tellDone } from "~/common/tell.tsx";
import { CardHead } from "../CardHead.tsx";
import { READ, useDeed } from "../deed.ts";
import { atRead, type Read } from "./paths.ts";

/** What else a user signs in with. */
export function Aliases({ user, tag }: Read) {
  const t = useTranslations("people.aliases");
  return (
    <Card withBorder>
      <Stack>
        <CardHead title={t("title")} lead={t("lead")} />
        {user.aliases.length > 0 && (
          <Table aria-label={t("title")}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t("value")}</Table.Th>
                <Table.Th>{t("kind")}</Table.Th>
                <Table.Th ta="right">{t("do")}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {user.aliases.map((alias) => (
                <Alias key={`${alias.kind}:${alias.value}`} alias={alias} user={user} tag={tag} />
              ))}
            </Table.Tbody>
          </Table>
        )}
        <NewAlias key={user.aliases.length} user={user} tag={tag} />
      </Stack>
    </Card>
  );
}

function Alias({ alias, user, tag }: Read & { alias: Schema<"AliasView"> }) {
  const t = useTranslations("people.aliases");
  const app = useTranslations("app.do");
  const { value, kind = "email" } = alias;
  const path = { realm: user.realm, username: user.username };
  const add = useDeed(
    () =>
      client.POST("/api/v1/realms/{realm}/users/{username}/aliases", {
        params: { path },
        body: { kind, value },
      }),
    () => t("added", { value }),
  );
  const remove = useDeed(
    () =>
      client.DELETE("/api/v1/realms/{realm}/users/{username}/aliases/{alias}", {
        ...atRead({ user, tag }),
        params: { path: { ...path, alias: value } },
      }),
    () => t("removed", { value }),
    { undo: { text: app("undo"), run: () => add.mutate() } },
  );
  return (
    <Table.Tr>
      <Table.Td className="told">
        <bdi>{value}</bdi>
      </Table.Td>
      <Table.Td>{kind}</Table.Td>
      <Table.Td ta="right">
        <ActionIcon
          variant="subtle"
          color="red"
          loading={remove.isPending}
          onClick={() => remove.mutate()}
          aria-label={t("remove", { value })}
        >
          <IconTrash size={16} aria-hidden />
        </ActionIcon>
      </Table.Td>
    </Table.Tr>
  );
}

function NewAlias({ user, tag }: Read) {
  const t = useTranslations("people.aliases");
  const { form, submit, busy, error, shown } = useSaving({
    initial: { kind: "email", value: "" },
    changes: READ,
    save: (body) =>
      client.POST("/api/v1/realms/{realm}/users/{username}/aliases", { ...atRead({ user, tag }), body }),
    saved: (_, { value }) => tellDone(t("added", { value })),
  });
  return (
    <form onSubmit={submit}>
      <Group align="flex-start">
        <TextInput flex={1} miw={180} label={t("value")} required {...form.getInputProps("value")} />
        <Autocomplete
          label={t("kind")}
          data={["email", "phone", "username"]}
          {...form.getInputProps("kind")}
        />
        <Button type="submit" mt={25} variant="default" loading={busy}>
          {t("add")}
        </Button>
      </Group>
      <ProblemAlert error={error} shown={shown} />
    </form>
  );
}
