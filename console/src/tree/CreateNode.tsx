import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import type { FieldError } from "~/api/problem.ts";
import { tellFields } from "~/common/form.ts";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { tellDone } from "~/common/tell.tsx";
import { useAddress } from "./address.ts";
import { useChange } from "./node.ts";

interface Props {
  /** The path of the parent; none for a root. */
  parent: string | undefined;
  close(): void;
}

/** A new node below another one, or a root. */
export function CreateNode({ parent, close }: Props) {
  const t = useTranslations("tree.create");
  const common = useTranslations("app.do");
  const { choose } = useAddress();
  const form = useForm({ mode: "uncontrolled", initialValues: { name: "", kind: "" } });
  const [shown, setShown] = useState<readonly FieldError[]>([]);
  const change = useChange(async (values: { name: string; kind: string }) => {
    const body = { ...values, ...(parent === undefined ? {} : { parent }) };
    const { data } = await client.POST("/api/v1/nodes", { body });
    return data;
  });
  const submit = form.onSubmit((values) =>
    change.mutate(values, {
      onSuccess: (made) => {
        tellDone(t("done", { name: values.name }));
        close();
        if (made) choose(made.path);
      },
      onError: (error) => setShown(tellFields(form, error)),
    }),
  );
  return (
    <Modal opened onClose={close} title={parent === undefined ? t("rootTitle") : t("title")}>
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm" c="dimmed" className="told">
            {parent === undefined ? t("rootLead") : t("lead", { parent })}
          </Text>
          <TextInput
            label={t("name")}
            description={t("nameHint")}
            required
            maxLength={255}
            data-autofocus
            key={form.key("name")}
            {...form.getInputProps("name")}
          />
          <TextInput
            label={t("kind")}
            description={t("kindHint")}
            required
            maxLength={64}
            key={form.key("kind")}
            {...form.getInputProps("kind")}
          />
          <ProblemAlert error={change.error} shown={shown} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {common("cancel")}
            </Button>
            <Button type="submit" loading={change.isPending}>
              {common("create")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
