import { Anchor, Button, Card, Group, List, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { client } from "~/api/client.ts";
import { useMay } from "~/app/may.ts";
import { realmAddress } from "../addresses.ts";
import { READ } from "../deed.ts";
import { useConnections } from "../read.ts";
import { Arrow } from "./Arrow.tsx";
import { ConnectRealms } from "./ConnectRealms.tsx";
import { Disconnect } from "./Disconnect.tsx";
import { admitted, reach } from "./reach.ts";

/** Where the users of a realm may sign in, and who else may where they do. */
export function Sharing({ realm }: { realm: string }) {
  const t = useTranslations("people.sharing");
  const connections = useConnections().data ?? [];
  const [joining, setJoining] = useDisclosure(false);
  const [admitting, setAdmitting] = useDisclosure(false);
  const may = useMay(["realm:share"], `/${realm}`).has("realm:share");
  const direct = connections.filter(({ from, to }) => from === realm || to === realm);
  return (
    <Stack>
      <Card withBorder>
        <Title order={2} size="h5">
          {t("where", { realm })}
        </Title>
        <Where realm={realm} />
      </Card>
      <Card withBorder>
        <Title order={2} size="h5">
          {t("who", { realm })}
        </Title>
        <Names realms={[realm, ...admitted(realm, connections)]} />
      </Card>
      <Stack gap="xs">
        <Title order={2} size="h5">
          {t("connections")}
        </Title>
        {direct.length === 0 && <Text c="dimmed">{t("none")}</Text>}
        {direct.map(({ from, to }) => (
          <Group key={`${from}/${to}`} justify="space-between">
            <Arrow from={from} to={to} />
            {may && <Disconnect from={from} to={to} />}
          </Group>
        ))}
      </Stack>
      {may && (
        <Group>
          <Button variant="default" onClick={setAdmitting.open}>
            {t("admit")}
          </Button>
          <Button variant="default" onClick={setJoining.open}>
            {t("join")}
          </Button>
        </Group>
      )}
      {admitting && <ConnectRealms to={realm} onClose={setAdmitting.close} />}
      {joining && <ConnectRealms from={realm} onClose={setJoining.close} />}
    </Stack>
  );
}

/** The applications that admit the users of a realm. */
function Where({ realm }: { realm: string }) {
  const t = useTranslations("people.sharing");
  const realms = [realm, ...reach(realm, useConnections().data ?? [])];
  const { data } = useQuery({
    queryKey: [...READ, "applications"],
    queryFn: async () =>
      (await client.GET("/api/v1/applications", { params: { query: { limit: 500 } } })).data?.items ?? [],
  });
  const applications = data?.filter((application) => realms.includes(application.realm)) ?? [];
  return (
    <>
      <Names realms={realms} />
      <Text size="sm" c="dimmed" className="told">
        {applications.length === 0
          ? t("noApplications")
          : t("applications", { names: applications.map(({ name }) => name).join(", ") })}
      </Text>
    </>
  );
}

function Names({ realms }: { realms: readonly string[] }): ReactNode {
  return (
    <List size="sm" my="xs">
      {realms.map((realm) => (
        <List.Item key={realm}>
          <Anchor inherit component={Link} href={realmAddress(realm)} className="told">
            <bdi>{realm}</bdi>
          </Anchor>
        </List.Item>
      ))}
    </List>
  );
}
