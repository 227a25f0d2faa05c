import { Button, Group, Radio } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDownload, IconTrash } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { useMe } from "~/app/session.ts";
import { download } from "~/common/download.ts";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { tellDone } from "~/common/tell.tsx";
import { Card } from "../Card.tsx";
import { EraseMe } from "./EraseMe.tsx";

/** What is held about oneself: as a file, and gone. */
export function Data() {
  const t = useTranslations("own.data");
  const [erasing, { open, close }] = useDisclosure(false);
  return (
    <>
      <Export />
      <Card title={t("erase")} lead={t("eraseLead")}>
        <Group>
          <Button
            color="red"
            variant="outline"
            leftSection={<IconTrash size={16} aria-hidden />}
            onClick={open}
          >
            {t("eraseAsk")}
          </Button>
        </Group>
        <EraseMe opened={erasing} onClose={close} />
      </Card>
    </>
  );
}

function Export() {
  const t = useTranslations("own.data");
  const { username } = useMe();
  const [format, setFormat] = useState<"json" | "csv">("json");
  const make = useMutation({
    mutationFn: async () => {
      const { data } = await client.POST("/gdpr/export", { body: { format }, parseAs: "blob" });
      if (!data) throw new Error("no answer");
      download(`${username.replace(/[^\p{L}\p{N}._-]/gu, "_")}.${format}`, data);
    },
    onSuccess: () => tellDone(t("exported")),
  });
  return (
    <Card title={t("export")} lead={t("exportLead")}>
      <Radio.Group
        label={t("format")}
        value={format}
        onChange={(value) => setFormat(value === "csv" ? "csv" : "json")}
      >
        <Group mt={4}>
          <Radio value="json" label={t("json")} />
          <Radio value="csv" label={t("csv")} />
        </Group>
      </Radio.Group>
      <ProblemAlert error={make.error} />
      <Group>
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          loading={make.isPending}
          onClick={() => make.mutate()}
        >
          {t("download")}
        </Button>
      </Group>
    </Card>
  );
}
