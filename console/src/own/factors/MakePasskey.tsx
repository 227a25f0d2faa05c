import { Button, Group, Stack, Text } from "@mantine/core";
import { IconFingerprint } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import type { Schema } from "~/api/client.ts";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { isGivenUp, isMadeAlready, makePasskey } from "~/common/passkey.ts";
import { useConfirm } from "./confirm.ts";

interface Props {
  made: Schema<"Enrolment">;
  onDone(codes: readonly string[]): void;
  onCancel(): void;
}

/** Has the browser make the passkey, once its user presses the button. */
export function MakePasskey({ made, onDone, onCancel }: Props) {
  const t = useTranslations("own.factors");
  const app = useTranslations("app.do");
  const confirm = useConfirm(made.id, onDone);
  const make = useMutation({
    mutationFn: () => makePasskey(made.public_key ?? {}),
    onSuccess: (answer) => confirm.mutate(answer),
  });
  const isOwn = isGivenUp(make.error) || isMadeAlready(make.error);
  return (
    <Stack>
      <Text size="sm">{t("browserNext")}</Text>
      {isGivenUp(make.error) && (
        <Text size="sm" fw={600} role="alert">
          {t("givenUp")}
        </Text>
      )}
      {isMadeAlready(make.error) && (
        <Text size="sm" fw={600} role="alert">
          {t("madeAlready")}
        </Text>
      )}
      <ProblemAlert error={isOwn ? undefined : (make.error ?? confirm.error)} />
      <Text size="xs" c="dimmed">
        {t("othersEnd")}
      </Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={onCancel}>
          {app("cancel")}
        </Button>
        <Button
          data-autofocus
          leftSection={<IconFingerprint size={18} aria-hidden />}
          loading={make.isPending || confirm.isPending}
          onClick={() => make.mutate()}
        >
          {t("makePasskey")}
        </Button>
      </Group>
    </Stack>
  );
}
