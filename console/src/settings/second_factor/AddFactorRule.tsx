import { Button, Checkbox, Group, Modal, Radio, Stack } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { client, type Schema } from "~/api/client.ts";
import type { FieldError } from "~/api/problem.ts";
import { tellFields } from "~/common/form.ts";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { PersonPicker, RolePicker } from "~/common/pick.tsx";
import { type Choice, SearchSelect } from "~/common/SearchSelect.tsx";
import { tellDone } from "~/common/tell.tsx";
import { useSettings } from "../live.ts";

type Method = Schema<"Method">;
interface Values extends Record<string, unknown> {
  kind: "realm" | "role" | "user";
  whom: Choice | null;
  steps: string;
  methods: Method[];
}

interface Props {
  opened: boolean;
  onClose(): void;
}

/** Makes a rule on who needs a second factor. */
export function AddFactorRule({ opened, onClose }: Props) {
  const t = useTranslations("settings.factorRules");
  return (
    <Modal opened={opened} onClose={onClose} title={t("add")} closeButtonProps={{ "aria-label": t("close") }}>
      <Fields onDone={onClose} />
    </Modal>
  );
}

function Fields({ onDone }: { onDone(): void }) {
  const t = useTranslations("settings.factorRules");
  const app = useTranslations("app.do");
  const queries = useQueryClient();
  const accepted = useAccepted();
  const form = useForm<Values>({
    initialValues: { kind: "realm", whom: null, steps: "1", methods: [...accepted] },
    validate: { whom: (whom) => (whom ? null : t("whomMissing")) },
  });
  const [shown, setShown] = useState<readonly FieldError[]>([]);
  const add = useMutation({
    mutationFn: async ({ kind, whom, steps, methods }: Values) => {
      const value = whom?.value ?? "";
      const body = { [kind]: kind === "user" ? nameOf(value) : value, steps: Number(steps), methods };
      await client.POST("/api/v1/second-factor-rules", { body });
    },
    onSuccess: async () => {
      tellDone(t("added"));
      await queries.invalidateQueries({ queryKey: ["settings", "factor-rules"] });
      onDone();
    },
    onError: (error) =>
      setShown(tellFields(form, error, { "/realm": "whom", "/role": "whom", "/user": "whom" })),
  });
  const { kind, whom } = form.getValues();
  const pick = {
    required: true,
    value: whom,
    onChange: (choice: Choice | null) => form.setFieldValue("whom", choice),
    error: form.errors.whom,
  };
  return (
    <form onSubmit={form.onSubmit((values) => add.mutate(values))}>
      <Stack>
        <Radio.Group
          label={t("whom")}
          value={kind}
          onChange={(next) => form.setValues({ kind: next as Values["kind"], whom: null })}
        >
          <Stack gap={6} mt={4}>
            {(["realm", "role", "user"] as const).map((one) => (
              <Radio key={one} value={one} label={t(`kind.${one}`)} />
            ))}
          </Stack>
        </Radio.Group>
        {kind === "realm" && <RealmPicker {...pick} />}
        {kind === "role" && <RolePicker {...pick} />}
        {kind === "user" && <PersonPicker {...pick} />}
        <Radio.Group label={t("steps")} {...form.getInputProps("steps")}>
          <Stack gap={6} mt={4}>
            <Radio value="1" label={t("one")} />
            <Radio value="2" label={t("two")} />
          </Stack>
        </Radio.Group>
        <Checkbox.Group
          label={t("methods")}
          description={t("methodsHint")}
          {...form.getInputProps("methods")}
        >
          <Stack gap={6} mt={4}>
            {accepted.map((method) => (
              <Checkbox key={method} value={method} label={t(`method.${method}`)} />
            ))}
          </Stack>
        </Checkbox.Group>
        <ProblemAlert error={add.error} shown={shown} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {app("cancel")}
          </Button>
          <Button type="submit" loading={add.isPending}>
            {app("add")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** The types that the settings accept. */
function useAccepted(): readonly Method[] {
  const settings = useSettings().second_factor ?? [];
  const isOn = (key: string) => settings.some((setting) => setting.key === key && setting.value === "true");
  return [
    "passkey",
    "totp",
    ...(isOn("second_factor.accept_email") ? (["email"] as const) : []),
    ...(isOn("second_factor.accept_sms") ? (["sms"] as const) : []),
  ];
}

function RealmPicker(field: Omit<Parameters<typeof PersonPicker>[0], "label">) {
  const t = useTranslations("app.pick");
  return <SearchSelect kind="realm" label={t("realm")} search={searchRealms} {...field} />;
}

async function searchRealms(q: string): Promise<Choice[]> {
  const { data } = await client.GET("/api/v1/realms", { params: { query: { limit: 20, q } } });
  return (data?.items ?? []).map(({ name }) => ({ value: name, label: name }));
}

/** `/staff/jane` as rules name users: `jane@staff`. */
function nameOf(path: string): string {
  const [, realm = "", name = ""] = path.split("/");
  return `${name}@${realm}`;
}
