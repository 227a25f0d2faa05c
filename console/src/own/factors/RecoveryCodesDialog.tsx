import { Button, Checkbox, CopyButton, Group, List, Modal, Stack, Text } from "@mantine/core";
import { IconCheck, IconCopy, IconDownload, IconPrinter } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useMe } from "~/app/session.ts";
import { download } from "~/common/download.ts";

interface Props {
  codes: readonly string[] | undefined;
  onClose(): void;
}

/** The recovery codes, this one time: to be copied, kept as a file, or printed. It stays until one says that one has them. */
export function RecoveryCodesDialog({ codes, onClose }: Props) {
  const t = useTranslations("own.factors.codes");
  return (
    <Modal
      opened={codes !== undefined}
      onClose={onClose}
      title={t("title")}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      {codes && <Codes codes={codes} onClose={onClose} />}
    </Modal>
  );
}

function Codes({ codes, onClose }: { codes: readonly string[]; onClose(): void }) {
  const t = useTranslations("own.factors.codes");
  const { username, realm } = useMe();
  const [isKept, setKept] = useState(false);
  const whose = t("whose", { user: `${username}@${realm ?? ""}`, place: location.host });
  const text = [whose, "", ...codes, ""].join("\n");
  const save = () => download("portcullis-recovery-codes.txt", new Blob([text], { type: "text/plain" }));
  return (
    <Stack>
      <Text size="sm">{t("once")}</Text>
      <div className="printed">
        <Text size="sm" fw={600} mb="xs" className="told">
          {whose}
        </Text>
        <List listStyleType="none" ff="monospace" aria-label={t("title")} className="codes">
          {codes.map((code) => (
            <List.Item key={code}>{code}</List.Item>
          ))}
        </List>
      </div>
      <Group gap="xs">
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              size="xs"
              leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
              onClick={copy}
            >
              {copied ? t("copied") : t("copy")}
            </Button>
          )}
        </CopyButton>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconDownload size={16} aria-hidden />}
          onClick={save}
        >
          {t("download")}
        </Button>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPrinter size={16} aria-hidden />}
          onClick={() => print()}
        >
          {t("print")}
        </Button>
      </Group>
      <Checkbox
        label={t("haveThem")}
        checked={isKept}
        onChange={(event) => setKept(event.currentTarget.checked)}
      />
      <Group justify="flex-end">
        <Button disabled={!isKept} onClick={onClose}>
          {t("done")}
        </Button>
      </Group>
    </Stack>
  );
}
