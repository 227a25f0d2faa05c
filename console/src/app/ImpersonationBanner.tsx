import { Alert, Button, Group } from "@mantine/core";
import { IconMask } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { useMe } from "./session.ts";

/** Says in whose place one acts, on every page and as long as it lasts. */
export function ImpersonationBanner() {
  const t = useTranslations("app.impersonation");
  const { impersonator, username, realm } = useMe();
  const end = useMutation({
    mutationFn: () => client.POST("/auth/impersonation/end"),
    // Everything that was read belongs to somebody else.
    onSuccess: () => location.assign("/console/"),
  });
  if (!impersonator) return null;
  return (
    <Alert
      color="orange"
      variant="filled"
      icon={<IconMask />}
      mb="md"
      role="status"
      style={{ position: "sticky", top: 64, zIndex: 90 }}
    >
      <Group justify="space-between">
        <span className="told">{t("told", { user: `${username}@${realm ?? ""}`, impersonator })}</span>
        <Button color="dark" size="xs" loading={end.isPending} onClick={() => end.mutate()}>
          {t("end")}
        </Button>
      </Group>
    </Alert>
  );
}
