import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { client, type Schema } from "~/api/client.ts";
import type { FieldError } from "~/api/problem.ts";
import { tellFields } from "~/common/form.ts";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { ConfirmByCode } from "./ConfirmByCode.tsx";
import { MakePasskey } from "./MakePasskey.tsx";

/** What can be made. */
export type Made = Exclude<Schema<"Method">, "recovery">;
type Enrolment = Schema<"Enrolment">;

interface Props {
  type: Made | undefined;
  onClose(): void;
  /** It counts; with the first one there are recovery codes. */
  onDone(codes: readonly string[]): void;
}

/** Makes a second factor in two steps: what it is called, and a proof that it works. */
export function AddFactor({ type, onClose, onDone }: Props) {
  const t = useTranslations("own.factors");
  const [made, setMade] = useState<Enrolment>();
  const close = () => {
    setMade(undefined);
    onClose();
  };
  const done = (codes: readonly string[]) => {
    setMade(undefined);
    onDone(codes);
  };
  return (
    <Modal
      opened={type !== undefined}
      onClose={close}
      title={type && t(`add_${type}`)}
      closeOnClickOutside={false}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      {type && !made && <Name type={type} onMade={setMade} onCancel={close} />}
      {made && type === "passkey" && <MakePasskey made={made} onDone={done} onCancel={close} />}
      {made && type && type !== "passkey" && (
        <ConfirmByCode key={made.id} made={made} type={type} onDone={done} onCancel={close} />
      )}
    </Modal>
  );
}

interface NameProps {
  type: Made;
  onMade(made: Enrolment): void;
  onCancel(): void;
}

function Name({ type, onMade, onCancel }: NameProps) {
  const t = useTranslations("own.factors");
  const app = useTranslations("app.do");
  const form = useForm({ initialValues: { name: "", phone: "" } });
  const [shown, setShown] = useState<readonly FieldError[]>([]);
  const make = useMutation({
    mutationFn: async (values: { name: string; phone: string }) => {
      const name = values.name.trim() || null;
      const phone = type === "sms" ? { phone: values.phone.trim() } : {};
      const { data } = await client.POST("/auth/factors", { body: { type, name, ...phone } });
      if (!data) throw new Error("no answer");
      return data;
    },
    onSuccess: onMade,
    onError: (error) => setShown(tellFields(form, error)),
  });
  return (
    <form onSubmit={form.onSubmit((values) => make.mutate(values))}>
      <Stack>
        <Text size="sm">{t(`what.${type}`)}</Text>
        {type === "sms" && (
          <TextInput
            label={t("phone")}
            description={t("phoneHint")}
            type="tel"
            autoComplete="tel"
            required
            data-autofocus
            {...form.getInputProps("phone")}
          />
        )}
        <TextInput
          label={t("name")}
          description={t("nameHint")}
          placeholder={t(`example.${type}`)}
          {...(type !== "sms" && { "data-autofocus": true })}
          {...form.getInputProps("name")}
        />
        <ProblemAlert error={make.error} shown={shown} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {app("cancel")}
          </Button>
          <Button type="submit" loading={make.isPending}>
            {t("next")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
