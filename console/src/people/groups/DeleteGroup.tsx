import { Button, Card, Group, List, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useTranslations } from "use-intl";
import { useLocation } from "wouter";
import { client, type Schema } from "~/api/client.ts";
import { ConfirmByName } from "~/common/ConfirmByName.tsx";
import { tellDone } from "~/common/tell.tsx";
import { ifMatch } from "../deed.ts";
import { useEnding } from "../ending.ts";

interface Props {
  group: Schema<"GroupView">;
  tag: string | null;
}

/** The end of a group. */
export function DeleteGroup({ group, tag }: Props) {
  const t = useTranslations("people.deleteGroup");
  const [asking, ask] = useDisclosure(false);
  const [, go] = useLocation();
  const { id, name } = group;
  const end = useEnding(
    () => client.DELETE("/api/v1/groups/{group}", { params: { path: { group: id } }, ...ifMatch(tag) }),
    () => {
      tellDone(t("done", { name }));
      go("/people/groups");
    },
  );
  return (
    <Card withBorder>
      <Group justify="space-between">
        <div>
          <Title order={2} size="h5">
            {t("title")}
          </Title>
          <Text size="sm" c="dimmed">
            {t("lead")}
          </Text>
        </div>
        <Button variant="light" color="red" onClick={ask.open}>
          {t("button")}
        </Button>
      </Group>
      {asking && (
        <ConfirmByName
          title={t("title")}
          name={name}
          confirm={t("button")}
          error={end.error}
          busy={end.isPending}
          onConfirm={() => end.mutate()}
          onClose={ask.close}
        >
          <List size="sm">
            <List.Item>{t("goes")}</List.Item>
            <List.Item>{t("stays")}</List.Item>
          </List>
        </ConfirmByName>
      )}
    </Card>
  );
}
