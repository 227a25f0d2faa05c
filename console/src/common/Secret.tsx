import { ActionIcon, Alert, Code, CopyButton, Group, Text, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy, IconKey } from "@tabler/icons-react";
import { useTranslations } from "use-intl";

/** A secret that is shown this one time. */
export function Secret({ secret, lead }: { secret: string; lead: string }) {
  const t = useTranslations("app.secret");
  return (
    <Alert
      icon={<IconKey />}
      color="yellow"
      title={t("once")}
      styles={{ title: { color: "var(--mantine-color-text)" } }}
    >
      <Text size="sm" mb="xs">
        {lead}
      </Text>
      <Group wrap="nowrap" gap="xs">
        <Code block className="told" flex={1}>
          {secret}
        </Code>
        <CopyButton value={secret}>
          {({ copied, copy }) => (
            <Tooltip label={copied ? t("copied") : t("copy")}>
              <ActionIcon
                variant="default"
                size="lg"
                onClick={copy}
                aria-label={copied ? t("copied") : t("copy")}
              >
                {copied ? <IconCheck size={18} /> : <IconCopy size={18} />}
              </ActionIcon>
            </Tooltip>
          )}
        </CopyButton>
      </Group>
    </Alert>
  );
}
