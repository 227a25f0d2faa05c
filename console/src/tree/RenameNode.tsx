import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import type { FieldError } from "~/api/problem.ts";
import { tellFields } from "~/common/form.ts";
import { tellDone } from "~/common/tell.tsx";
import { followPath } from "./address.ts";
import { ifUnchanged, type Known, useChange } from "./node.ts";
import { Refusal } from "./Refusal.tsx";

/** Another name for a node. Its kind stays what it is. */
export function RenameNode({ known, close }: { known: Known; close(): void }) {
  const t = useTranslations("tree.rename");
  const common = useTranslations("app.do");
  const { node } = known;
  const form = useForm({ mode: "uncontrolled", initialValues: { name: node.name } });
  const [shown, setShown] = useState<readonly FieldError[]>([]);
  const change = useChange(async (name: string) => {
    const { data } = await client.PATCH("/api/v1/nodes/{node}", {
      params: { path: { node: node.id } },
      headers: ifUnchanged(known),
      body: { name },
    });
    if (!data) return;
    close();
    followPath(node.path, data.path);
    tellDone(t("done", { name }));
  });
  const submit = form.onSubmit(({ name }) =>
    change.mutate(name, { onError: (error) => setShown(tellFields(form, error)) }),
  );
  return (
    <Modal opened onClose={close} title={t("title")}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t("name")}
            required
            maxLength={255}
            data-autofocus
            key={form.key("name")}
            {...form.getInputProps("name")}
          />
          <Text size="sm" c="dimmed">
            {t("lead")}
          </Text>
          <Refusal error={change.error} shown={shown} onReloaded={change.reset} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {common("cancel")}
            </Button>
            <Button type="submit" loading={change.isPending}>
              {t("button")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
