import { Alert, Stack, Text } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { useMay } from "~/app/may.ts";
import { Given } from "./Given.tsx";
import type { TreeNode } from "./outline.ts";
import { WhoMay } from "./WhoMay.tsx";

/** Who may do what at a node, and by what. */
export function Access({ node }: { node: TreeNode }) {
  const t = useTranslations("tree.access");
  const may = useMay(["access:inspect", "access:assign"], node.id);
  const [inspect, assign] = [may.has("access:inspect"), may.has("access:assign")];
  if (!inspect && !assign) {
    return (
      <Alert color="gray" icon={<IconInfoCircle />} title={t("hidden")}>
        <Text size="sm">{t("hiddenLead")}</Text>
      </Alert>
    );
  }
  return (
    <Stack gap="xl">
      <Given node={node} mayAssign={assign} />
      {inspect && <WhoMay node={node} />}
    </Stack>
  );
}
