import { ActionIcon, Anchor, Button, Code, CopyButton, Group, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { Schema } from "~/api/client.ts";
import type { FieldError } from "~/api/problem.ts";
import { tellFields } from "~/common/form.ts";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import type { Made } from "./AddFactor.tsx";
import { useConfirm } from "./confirm.ts";

interface Props {
  made: Schema<"Enrolment">;
  type: Exclude<Made, "passkey">;
  onDone(codes: readonly string[]): void;
  onCancel(): void;
}

/** The first code of a factor: of an app that has read the key, or one that was sent. */
export function ConfirmByCode({ made, type, onDone, onCancel }: Props) {
  const t = useTranslations("own.factors");
  const app = useTranslations("app.do");
  const form = useForm({ initialValues: { code: "" } });
  const [shown, setShown] = useState<readonly FieldError[]>([]);
  const confirm = useConfirm(made.id, onDone);
  const submit = ({ code }: { code: string }) =>
    confirm.mutate(code.replace(/\s/g, ""), { onError: (error) => setShown(tellFields(form, error)) });
  return (
    <form onSubmit={form.onSubmit(submit)}>
      <Stack>
        {type === "totp" ? (
          <AppKey made={made} />
        ) : (
          <Text size="sm" className="told">
            {t("sentTo", { place: made.hint ?? "" })}
          </Text>
        )}
        <TextInput
          label={t("code")}
          description={t(`codeHint.${type}`)}
          inputMode="numeric"
          autoComplete="one-time-code"
          required
          autoFocus
          maxLength={20}
          {...form.getInputProps("code")}
        />
        <ProblemAlert error={confirm.error} shown={shown} />
        <Text size="xs" c="dimmed">
          {t("othersEnd")}
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {app("cancel")}
          </Button>
          <Button type="submit" loading={confirm.isPending}>
            {t("confirm")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** The key of an authenticator app, for its camera and to be typed. */
function AppKey({ made }: { made: Schema<"Enrolment"> }) {
  const t = useTranslations("own.factors");
  const key = made.key ?? "";
  const picture = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(made.qr_code ?? "")}`;
  return (
    <>
      <Text size="sm">{t("scan")}</Text>
      <img src={picture} alt={t("qrCode")} width={200} height={200} className="qr" />
      <Text size="sm">{t("orType")}</Text>
      <Group wrap="nowrap" gap="xs">
        <Code block flex={1} className="told">
          {key.replace(/(.{4})(?=.)/g, "$1 ")}
        </Code>
        <CopyButton value={key}>
          {({ copied, copy }) => (
            <ActionIcon
              variant="default"
              size="lg"
              onClick={copy}
              aria-label={copied ? t("codes.copied") : t("copyKey")}
            >
              {copied ? <IconCheck size={18} /> : <IconCopy size={18} />}
            </ActionIcon>
          )}
        </CopyButton>
      </Group>
      {made.uri && (
        <Anchor href={made.uri} size="sm">
          {t("openApp")}
        </Anchor>
      )}
    </>
  );
}
