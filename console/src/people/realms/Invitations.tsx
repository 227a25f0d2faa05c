import { Button, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconMailPlus } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { client, type Schema } from "~/api/client.ts";
import { useInAddress } from "~/common/address.ts";
import { Empty } from "~/common/Empty.tsx";
import { useList } from "~/common/list.ts";
import { SearchField } from "~/common/SearchField.tsx";
import { Table } from "~/common/Table.tsx";
import { Time } from "~/common/Time.tsx";
import { confirmLoss } from "~/common/tell.tsx";
import { READ, useDeed } from "../deed.ts";
import { Invite } from "../users/Invite.tsx";

/** Who was invited to a realm and has not come yet. */
export function Invitations({ realm }: { realm: string }) {
  const t = useTranslations("people.invitations");
  const [q] = useInAddress("q");
  const [inviting, invite] = useDisclosure(false);
  const list = useList([...READ, "invitations", realm, q], async (cursor) => {
    const query = { ...(q && { q }), ...(cursor && { cursor }) };
    const params = { path: { realm }, query };
    return (await client.GET("/api/v1/realms/{realm}/invitations", { params })).data ?? { items: [] };
  });
  const button = (
    <Button leftSection={<IconMailPlus size={16} aria-hidden />} onClick={invite.open}>
      {t("invite")}
    </Button>
  );
  return (
    <>
      {(q !== "" || list.items.length > 0) && (
        <Group justify="space-between" mb="md">
          <SearchField label={t("search")} />
          {button}
        </Group>
      )}
      <Table
        label={t("label")}
        list={list}
        id={(invitation) => invitation.id}
        columns={[
          { title: t("email"), show: ({ email, full_name }) => <Whom email={email} name={full_name} /> },
          { title: t("by"), wide: true, show: ({ invited_by }) => invited_by ?? t("operator") },
          {
            title: t("gets"),
            wide: true,
            show: ({ roles, groups }) => [...roles, ...groups].join(", ") || "–",
          },
          { title: t("until"), show: ({ expires_at }) => <Time at={expires_at} /> },
          { title: t("do"), align: "right", show: (one) => <Revoke realm={realm} invitation={one} /> },
        ]}
        empty={
          <Empty Icon={IconMailPlus} title={q ? t("nothingFound", { q }) : t("nothing")}>
            <Text size="sm">{t("nothingLead")}</Text>
            {q === "" && button}
          </Empty>
        }
      />
      {inviting && <Invite realm={realm} onClose={invite.close} />}
    </>
  );
}

function Whom({ email, name }: { email: string; name: string | null | undefined }) {
  return (
    <>
      {email}
      <Text size="sm" c="dimmed">
        <bdi>{name}</bdi>
      </Text>
    </>
  );
}

function Revoke({ realm, invitation }: { realm: string; invitation: Schema<"InvitationView"> }) {
  const t = useTranslations("people.invitations");
  const app = useTranslations("app.do");
  const { id, email } = invitation;
  const revoke = useDeed(
    () => client.DELETE("/api/v1/realms/{realm}/invitations/{id}", { params: { path: { realm, id } } }),
    () => t("revoked", { email }),
  );
  const ask = async () => {
    const loss = {
      title: t("revokeTitle"),
      children: t("revokeLead", { email }),
      confirm: t("revoke"),
      cancel: app("cancel"),
    };
    if (await confirmLoss(loss)) revoke.mutate();
  };
  return (
    <Button
      size="xs"
      variant="default"
      loading={revoke.isPending}
      onClick={ask}
      aria-label={t("revokeOf", { email })}
    >
      {t("revoke")}
    </Button>
  );
}
