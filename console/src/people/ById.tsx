import { Anchor, Group } from "@mantine/core";
import { IconMapQuestion } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { Link, Redirect } from "wouter";
import { client } from "~/api/client.ts";
import { Problem } from "~/api/problem.ts";
import { useNames } from "~/common/address.ts";
import { Empty } from "~/common/Empty.tsx";
import { Page } from "~/common/Page.tsx";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { Waiting } from "~/common/Waiting.tsx";
import { addressOf, historyAddress, PEOPLE } from "./addresses.ts";
import { READ } from "./deed.ts";

/** Finds out who an id is, and goes there. */
export function ById() {
  const t = useTranslations("people.byId");
  const [, id = ""] = useNames();
  const found = useQuery({
    queryKey: [...READ, "node", id],
    queryFn: async () => (await client.GET("/api/v1/nodes/{node}", { params: { path: { node: id } } })).data,
  });
  if (found.isPending) return <Waiting />;
  const node = found.data;
  const address = node && addressOf(node.kind, node.id, node.path);
  if (address) return <Redirect to={address} replace />;
  const gone = found.error instanceof Problem && found.error.status < 500;
  return (
    <Page
      title={node ? t("other", { kind: node.kind }) : t("title")}
      above={[{ title: t("people"), href: PEOPLE }]}
    >
      {found.error && !gone ? (
        <ProblemAlert error={found.error} />
      ) : (
        <Empty Icon={IconMapQuestion} title={node ? t("otherLead", { path: node.path }) : t("gone")}>
          <Group justify="center">
            <Anchor inherit component={Link} href={historyAddress(id)}>
              {t("history")}
            </Anchor>
          </Group>
        </Empty>
      )}
    </Page>
  );
}
