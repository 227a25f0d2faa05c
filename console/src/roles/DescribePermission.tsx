import { Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { client, type Schema } from "~/api/client.ts";
import { tellDone } from "~/common/tell.tsx";
import { Refusal } from "./Refusal.tsx";
import { Where } from "./Where.tsx";

interface Props {
  permission: Schema<"PermissionView">;
  close(): void;
}

/** Another description of a permission. Its name and owner are what it is, so they stay. */
export function DescribePermission({ permission, close }: Props) {
  const t = useTranslations("roles.describe");
  const queries = useQueryClient();
  const [description, setDescription] = useState(permission.description);
  const saving = useMutation({
    mutationFn: () => saveDescription(permission, description),
    onSuccess: () => {
      close();
      tellDone(t("done", { name: permission.name }));
      return queries.invalidateQueries({ queryKey: ["roles"] });
    },
  });
  return (
    <Modal opened onClose={close} title={t("title")} closeButtonProps={{ "aria-label": t("cancel") }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          saving.mutate();
        }}
      >
        <Stack>
          <div>
            <Text fw={600} className="told">
              {permission.name}
            </Text>
            <Text size="sm" c="dimmed">
              <Where node={permission.owner} />
            </Text>
          </div>
          <Textarea
            label={t("description")}
            autosize
            minRows={2}
            maxRows={8}
            data-autofocus
            value={description}
            onChange={(event) => setDescription(event.currentTarget.value)}
          />
          <Refusal error={saving.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t("cancel")}
            </Button>
            <Button
              type="submit"
              loading={saving.isPending}
              disabled={description === permission.description}
            >
              {t("save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** As a world file says it: that alone changes a permission in one commit. JSON is YAML. */
async function saveDescription({ name, owner }: Schema<"PermissionView">, description: string) {
  if (!owner.path) throw new Error("the path of the owner is hidden");
  const body = JSON.stringify({ permissions: [{ name, owner: owner.path, description }] });
  await client.POST("/api/v1/world", {
    body,
    bodySerializer: (text) => text,
    headers: { "content-type": "application/yaml" },
  });
}
