import {
  ActionIcon,
  Alert,
  Anchor,
  Badge,
  Breadcrumbs,
  Button,
  CopyButton,
  Group,
  Skeleton,
  Stack,
  Tabs,
  Text,
  Title,
  Tooltip,
} from "@mantine/core";
import { IconCheck, IconCopy, IconInfoCircle } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { Problem } from "~/api/problem.ts";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { Access } from "./Access.tsx";
import { nodeAddress, TABS, useAddress } from "./address.ts";
import { Connections } from "./Connections.tsx";
import { isManaged, KindIcon, useKindName } from "./kinds.tsx";
import { NodeActions } from "./NodeActions.tsx";
import { type Known, useNode } from "./node.ts";
import { Overview } from "./Overview.tsx";
import { above } from "./path.ts";

/** All about the node at a path. */
export function NodePanel({ path }: { path: string }) {
  const t = useTranslations("tree.node");
  const found = useNode(path);
  const { choose } = useAddress();
  if (found.error instanceof Problem && found.error.status === 404) {
    return (
      <Alert icon={<IconInfoCircle />} color="gray" title={t("gone")}>
        <Text size="sm" className="told">
          {t("goneLead", { path })}
        </Text>
        <Button size="xs" mt="xs" variant="default" onClick={() => choose(undefined)}>
          {t("goneBack")}
        </Button>
      </Alert>
    );
  }
  if (found.error) return <ProblemAlert error={found.error} />;
  if (!found.data) return <Skeleton h={240} aria-busy="true" />;
  return <Panel known={found.data} />;
}

function Panel({ known }: { known: Known }) {
  const t = useTranslations("tree");
  const { tab, setTab } = useAddress();
  return (
    <Stack gap="md">
      <Head known={known} />
      <Tabs
        value={tab}
        onChange={(value) => setTab(TABS.find((each) => each === value) ?? "overview")}
        keepMounted={false}
      >
        <Tabs.List>
          {TABS.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {t(`tab.${each}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="overview" pt="md">
          <Overview known={known} />
        </Tabs.Panel>
        <Tabs.Panel value="connections" pt="md">
          <Connections node={known.node} />
        </Tabs.Panel>
        <Tabs.Panel value="access" pt="md">
          <Access node={known.node} />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

function Head({ known }: { known: Known }) {
  const t = useTranslations("tree.node");
  const kindName = useKindName();
  const { node } = known;
  const way = above(node.path);
  return (
    <div>
      {way.length > 0 && (
        <Breadcrumbs mb={4} aria-label={t("above")} component="nav">
          {way.map((path) => (
            <Anchor key={path} component={Link} href={nodeAddress(path)} size="sm" className="told">
              {path.slice(path.lastIndexOf("/") + 1)}
            </Anchor>
          ))}
        </Breadcrumbs>
      )}
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <KindIcon kind={node.kind} size={26} />
        <Title order={2} size="h3" className="told">
          <bdi>{node.name}</bdi>
        </Title>
        <CopyButton value={node.path}>
          {({ copied, copy }) => (
            <Tooltip label={copied ? t("copied") : t("copy")}>
              <ActionIcon variant="subtle" color="gray" aria-label={t("copy")} onClick={copy}>
                {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
              </ActionIcon>
            </Tooltip>
          )}
        </CopyButton>
      </Group>
      <Group gap="xs" mt={6}>
        <Badge variant="light" color={isManaged(node.kind) ? "gray" : "blue"} tt="none">
          {kindName(node.kind)}
        </Badge>
      </Group>
      <NodeActions known={known} />
    </div>
  );
}
