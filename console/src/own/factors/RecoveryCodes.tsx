import { Button, Group, Text } from "@mantine/core";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { confirmLoss, tellFailed } from "~/common/tell.tsx";

/** Other recovery codes; the ones before are good no more. */
export function RecoveryCodes({ onMade }: { onMade(codes: readonly string[]): void }) {
  const t = useTranslations("own.factors.codes");
  const make = async () => {
    const words = { title: t("again"), confirm: t("make"), cancel: t("keep") };
    if (!(await confirmLoss({ ...words, children: <Text size="sm">{t("loss")}</Text> }))) return;
    try {
      const { data } = await client.POST("/auth/recovery-codes");
      onMade(data?.recovery_codes ?? []);
    } catch (error) {
      tellFailed(error);
    }
  };
  return (
    <Group>
      <Button variant="default" onClick={make}>
        {t("again")}
      </Button>
    </Group>
  );
}
