import { Button, Card, Group, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArrowsExchange, IconPlus } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { useMay } from "~/app/may.ts";
import { Empty } from "~/common/Empty.tsx";
import { Page } from "~/common/Page.tsx";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { Waiting } from "~/common/Waiting.tsx";
import { PEOPLE } from "../addresses.ts";
import { useConnections } from "../read.ts";
import { Arrow } from "./Arrow.tsx";
import { ConnectRealms } from "./ConnectRealms.tsx";
import { Disconnect } from "./Disconnect.tsx";

/** Whose users may sign in where: all connections between realms. */
export function Connections() {
  const t = useTranslations("people.connections");
  const found = useConnections();
  const [connecting, connect] = useDisclosure(false);
  const may = useMay(["realm:share"]);
  const button = may.has("realm:share") && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={connect.open}>
      {t("connect")}
    </Button>
  );
  return (
    <Page title={t("title")} lead={t("lead")} above={[{ title: t("above"), href: PEOPLE }]} actions={button}>
      <ProblemAlert error={found.error} />
      {found.isPending && <Waiting />}
      {found.data?.length === 0 && (
        <Empty Icon={IconArrowsExchange} title={t("nothing")}>
          <Text size="sm">{t("nothingLead")}</Text>
        </Empty>
      )}
      <Stack component="ul" p={0} m={0} className="cards">
        {found.data?.map(({ from, to }) => (
          <Card key={`${from}/${to}`} component="li" withBorder>
            <Group justify="space-between">
              <Stack gap="xs">
                <Arrow from={from} to={to} />
                <Text size="sm" c="dimmed" className="told">
                  {t("sentence", { from, to })}
                </Text>
              </Stack>
              {may.has("realm:share") && <Disconnect from={from} to={to} />}
            </Group>
          </Card>
        ))}
      </Stack>
      {connecting && <ConnectRealms onClose={connect.close} />}
    </Page>
  );
}
