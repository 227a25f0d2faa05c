import { Button, Group, List, Loader, Modal, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { client, type Schema } from "~/api/client.ts";
import { tellDone, tellFailed } from "~/common/tell.tsx";
import { Refusal } from "./Refusal.tsx";
import { roleLabel } from "./role.ts";
import { rolesAbout } from "./rolesAbout.ts";

interface Props {
  permission: Schema<"PermissionView">;
  close(): void;
}

/** Takes a permission out of the catalogue. Rules stay, so nobody loses anything; the roles with such rules are named. */
export function DeletePermission({ permission, close }: Props) {
  const t = useTranslations("roles.unregister");
  const queries = useQueryClient();
  const { name, owner, description } = permission;
  const refresh = () => queries.invalidateQueries({ queryKey: ["roles"] });
  const about = useQuery({
    queryKey: ["roles", "about", name],
    queryFn: () => rolesAbout(name),
    retry: false,
  });
  const deleting = useMutation({
    mutationFn: () =>
      client.DELETE("/api/v1/permissions/{permission}", { params: { path: { permission: permission.id } } }),
    onSuccess: async () => {
      close();
      tellDone(t("done", { name }), {
        text: t("undo"),
        run: () => {
          client
            .POST("/api/v1/permissions", { body: { name, owner: owner.id, description } })
            .catch(tellFailed)
            .finally(refresh);
        },
      });
      await refresh();
    },
  });
  return (
    <Modal opened onClose={close} title={t("title")} closeButtonProps={{ "aria-label": t("cancel") }}>
      <Stack>
        <Text className="told">{t("lead", { name })}</Text>
        {about.isPending && <Loader size="sm" aria-label={t("looking")} />}
        {about.data && (
          <>
            <Text size="sm">{t("roles", { count: about.data.length })}</Text>
            <List size="sm">
              {about.data.slice(0, 10).map(({ role }) => (
                <List.Item key={role.id} className="told">
                  {roleLabel(role)}
                </List.Item>
              ))}
            </List>
          </>
        )}
        <Refusal error={deleting.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t("cancel")}
          </Button>
          <Button color="red.9" loading={deleting.isPending} onClick={() => deleting.mutate()}>
            {t("confirm")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
