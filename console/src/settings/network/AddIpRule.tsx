import { Alert, Button, Group, Modal, Radio, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { type FieldError, Problem } from "~/api/problem.ts";
import { tellFields } from "~/common/form.ts";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { tellDone } from "~/common/tell.tsx";
import { shutsOut } from "./shut_out.ts";

const NAMES = { "/rules/0/network": "network", "/rules/0/note": "note", "/rules/0/list": "list" };

interface Props {
  opened: boolean;
  onClose(): void;
}

/** Puts a network on one of the lists. */
export function AddIpRule({ opened, onClose }: Props) {
  const t = useTranslations("settings.network");
  return (
    <Modal opened={opened} onClose={onClose} title={t("add")} closeButtonProps={{ "aria-label": t("close") }}>
      <Fields onDone={onClose} />
    </Modal>
  );
}

function Fields({ onDone }: { onDone(): void }) {
  const t = useTranslations("settings.network");
  const app = useTranslations("app.do");
  const queries = useQueryClient();
  const form = useForm({ initialValues: { list: "block", network: "", note: "" } });
  const [shown, setShown] = useState<readonly FieldError[]>([]);
  const add = useMutation({
    mutationFn: async (confirm: boolean) => {
      const { list, network, note } = form.getValues();
      const rule = { list, network: network.trim(), ...(note.trim() && { note: note.trim() }) };
      await client.POST("/api/v1/ip-rules", { body: { rules: [rule], confirm } });
    },
    onSuccess: async () => {
      tellDone(t("added", { network: form.getValues().network.trim() }));
      await queries.invalidateQueries({ queryKey: ["settings", "ip-rules"] });
      onDone();
    },
    onError: (error) => setShown(tellFields(form, error, NAMES)),
  });
  const wouldShutOut = add.error instanceof Problem && shutsOut(add.error);
  const change = () => add.reset();
  return (
    <form onSubmit={form.onSubmit(() => add.mutate(false))} onChange={change}>
      <Stack>
        <TextInput
          label={t("network")}
          description={t("networkHint")}
          placeholder="203.0.113.0/24"
          required
          data-autofocus
          {...form.getInputProps("network")}
        />
        <Radio.Group label={t("list")} {...form.getInputProps("list")}>
          <Stack gap={6} mt={4}>
            <Radio value="block" label={t("block")} description={t("blockWhat")} />
            <Radio value="allow" label={t("allow")} description={t("allowWhat")} />
          </Stack>
        </Radio.Group>
        <TextInput label={t("note")} description={t("noteHint")} {...form.getInputProps("note")} />
        {wouldShutOut ? (
          <Alert color="orange" icon={<IconAlertTriangle />} title={t("shutOut")} role="alert">
            <Text size="sm" mb="sm" className="told">
              {add.error?.message}
            </Text>
            <Button color="red" size="xs" loading={add.isPending} onClick={() => add.mutate(true)}>
              {t("addAnyway")}
            </Button>
          </Alert>
        ) : (
          <ProblemAlert error={add.error} shown={shown} />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {app("cancel")}
          </Button>
          <Button type="submit" loading={add.isPending} disabled={wouldShutOut}>
            {app("add")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
