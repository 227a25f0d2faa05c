import { Button, Group, Modal, Stack, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import type { FieldError } from "~/api/problem.ts";
import { tellFields } from "~/common/form.ts";
import { NodePicker } from "~/common/pick.tsx";
import { tellDone } from "~/common/tell.tsx";
import { Refusal } from "./Refusal.tsx";
import { MONOSPACE } from "./rules/monospace.ts";
import { GLOBAL } from "./Where.tsx";

/** Registers a permission, so that it is offered to those who make roles. */
export function RegisterPermission({ owner, close }: { owner: string | undefined; close(): void }) {
  const t = useTranslations("roles.register");
  const queries = useQueryClient();
  const form = useForm({ initialValues: { name: "", owner: owner ?? GLOBAL, description: "" } });
  const [shown, setShown] = useState<readonly FieldError[]>([]);
  const registering = useMutation({
    mutationFn: (body: typeof form.values) => client.POST("/api/v1/permissions", { body }),
    onError: (error) => setShown(tellFields(form, error)),
    onSuccess: (_, { name }) => {
      close();
      tellDone(t("done", { name }));
      return queries.invalidateQueries({ queryKey: ["roles"] });
    },
  });
  return (
    <Modal opened onClose={close} title={t("title")} closeButtonProps={{ "aria-label": t("cancel") }}>
      <form onSubmit={form.onSubmit((values) => registering.mutate(values))} noValidate>
        <Stack>
          <TextInput
            label={t("name")}
            description={t("nameHint")}
            required
            spellCheck={false}
            autoCapitalize="off"
            styles={MONOSPACE}
            data-autofocus
            {...form.getInputProps("name")}
          />
          <Textarea
            label={t("description")}
            description={t("descriptionHint")}
            autosize
            minRows={2}
            maxRows={8}
            {...form.getInputProps("description")}
          />
          <NodePicker
            label={t("owner")}
            description={t("ownerHint")}
            required
            value={{ value: form.values.owner, label: form.values.owner }}
            onChange={(picked) => form.setFieldValue("owner", picked?.value ?? GLOBAL)}
            error={form.errors.owner}
          />
          <Refusal error={registering.error} shown={shown} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t("cancel")}
            </Button>
            <Button type="submit" loading={registering.isPending}>
              {t("register")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
