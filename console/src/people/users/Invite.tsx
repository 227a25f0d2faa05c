import { MultiSelect, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { FormDialog } from "~/common/FormDialog.tsx";
import { useSaving } from "~/common/saving.ts";
import { tellDone } from "~/common/tell.tsx";
import { READ } from "../deed.ts";

interface Props {
  realm: string;
  onClose(): void;
}

/** Invites somebody by mail. */
export function Invite({ realm, onClose }: Props) {
  const t = useTranslations("people.invite");
  const choices = useChoices();
  const { form, ...dialog } = useSaving({
    initial: { email: "", full_name: "", roles: [] as string[], groups: [] as string[] },
    changes: READ,
    save: ({ email, full_name, roles, groups }) =>
      client.POST("/api/v1/realms/{realm}/invitations", {
        params: { path: { realm } },
        body: { email, roles, groups, ...(full_name && { full_name }) },
      }),
    saved: (_, { email }) => {
      onClose();
      tellDone(t("done", { email }));
    },
  });
  return (
    <FormDialog title={t("title", { realm })} action={t("action")} onClose={onClose} size="lg" {...dialog}>
      <Text size="sm">{t("lead")}</Text>
      <TextInput
        data-autofocus
        required
        label={t("email")}
        description={t("emailHint")}
        inputMode="email"
        autoComplete="off"
        {...form.getInputProps("email")}
      />
      <TextInput label={t("fullName")} autoComplete="off" {...form.getInputProps("full_name")} />
      <MultiSelect
        searchable
        label={t("roles")}
        description={t("rolesHint")}
        nothingFoundMessage={t("nothing")}
        data={choices.roles}
        {...form.getInputProps("roles")}
      />
      <MultiSelect
        searchable
        label={t("groups")}
        nothingFoundMessage={t("nothing")}
        data={choices.groups}
        {...form.getInputProps("groups")}
      />
    </FormDialog>
  );
}

/** What an invitation can give: roles that can be assigned everywhere, and groups. */
function useChoices() {
  const { data } = useQuery({
    queryKey: [...READ, "invite-choices"],
    queryFn: async () => {
      const params = { query: { limit: 500 } };
      const roles = await client.GET("/api/v1/roles", { params });
      const groups = await client.GET("/api/v1/groups", { params });
      const plain = groups.data?.items.filter((group) => !group.built_in) ?? [];
      return {
        roles: (roles.data?.items ?? []).map(({ name, owner }) => {
          const value = owner.path && owner.path !== "/$global" ? `${name}@${owner.path}` : name;
          return { value, label: value };
        }),
        groups: plain.map(({ id, name, owner }) => ({ value: id, label: `${name}@${owner}` })),
      };
    },
  });
  return data ?? { roles: [], groups: [] };
}
