import { Card, Code, List, Stack, Text, Title } from "@mantine/core";
import { useTranslations } from "use-intl";

const MAIL = `[mail]
host = "smtp.example.com"
tls = "starttls"
user = "portcullis"
from = "Example <id@example.com>"`;

const SMS = `[sms]
url = "https://sms.example.com/send"
header = "authorization"
form = "json"
body = '{"to":"{to}","text":"{text}"}'`;

/** What sends mail and texts is said at the start, not here: how. */
export function MailSettings() {
  const t = useTranslations("settings.mail");
  const code = (text: React.ReactNode) => <Code>{text}</Code>;
  return (
    <>
      <Card withBorder padding="lg">
        <Stack>
          <Title order={2} size="h4">
            {t("title")}
          </Title>
          <Text size="sm">{t("why")}</Text>
          <Text size="sm">{t.rich("where", { code })}</Text>
          <Code block>{MAIL}</Code>
          <Text size="sm">{t.rich("password", { code })}</Text>
          <List size="sm" spacing={4}>
            <List.Item>{t.rich("tls", { code })}</List.Item>
            <List.Item>{t.rich("ca", { code })}</List.Item>
            <List.Item>{t.rich("without", { code })}</List.Item>
          </List>
        </Stack>
      </Card>
      <Card withBorder padding="lg">
        <Stack>
          <Title order={2} size="h4">
            {t("sms")}
          </Title>
          <Text size="sm">{t.rich("smsHow", { code })}</Text>
          <Code block>{SMS}</Code>
          <Text size="sm">{t.rich("smsSecret", { code })}</Text>
        </Stack>
      </Card>
    </>
  );
}
