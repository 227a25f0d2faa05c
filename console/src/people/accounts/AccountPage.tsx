import { Button, Group, Stack } from "@mantine/core";
import { IconHistory, IconScale } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { client, type Schema } from "~/api/client.ts";
import { useNames } from "~/common/address.ts";
import { Page } from "~/common/Page.tsx";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { ExactTime } from "~/common/Time.tsx";
import { confirmLoss } from "~/common/tell.tsx";
import { Waiting } from "~/common/Waiting.tsx";
import { Assignments, GiveRole } from "../Assignments.tsx";
import { askingAddress, historyAddress, PEOPLE } from "../addresses.ts";
import { ifMatch, useDeed } from "../deed.ts";
import { Facts } from "../Facts.tsx";
import { Keys } from "../keys/Keys.tsx";
import { useAccount } from "../read.ts";
import { Sheets } from "../Sheets.tsx";
import { State } from "../State.tsx";
import { DeleteAccount } from "./DeleteAccount.tsx";

/** A service account: its keys, what it may, and whether it is on. */
export function AccountPage() {
  const t = useTranslations("people.account");
  const [, name = ""] = useNames();
  const found = useAccount(name);
  const above = [
    { title: t("people"), href: PEOPLE },
    { title: t("accounts"), href: "/people/service-accounts" },
  ];
  if (found.isPending) return <Waiting />;
  if (!found.data) {
    return (
      <Page title={t("missing")} above={above}>
        <ProblemAlert error={found.error} />
      </Page>
    );
  }
  const { thing: account, tag } = found.data;
  const path = `${account.owner}/${account.name}`;
  return (
    <Page
      title={account.name}
      lead={<span className="told">{account.description}</span>}
      above={above}
      actions={<Actions account={account} tag={tag} />}
    >
      <Group>
        <State state={account.disabled ? "disabled" : "active"} />
      </Group>
      <Sheets
        label={account.name}
        sheets={[
          { name: "keys", title: t("keys"), show: () => <Keys owner={path} /> },
          { name: "roles", title: t("roles"), show: () => <Roles path={path} /> },
          { name: "about", title: t("about"), show: () => <About account={account} tag={tag} path={path} /> },
        ]}
      />
    </Page>
  );
}

interface Read {
  account: Schema<"ServiceAccountView">;
  tag: string | null;
}

function Roles({ path }: { path: string }) {
  const t = useTranslations("people.account");
  return (
    <>
      <Group justify="flex-end" mb="sm">
        <Button
          component={Link}
          href={askingAddress(path)}
          variant="default"
          leftSection={<IconScale size={16} aria-hidden />}
        >
          {t("ask")}
        </Button>
        <GiveRole subject={path} />
      </Group>
      <Assignments subject={path} />
    </>
  );
}

function About({ account, tag, path }: Read & { path: string }) {
  const t = useTranslations("people.account");
  const facts = [
    { name: t("path"), value: <bdi>{path}</bdi> },
    { name: t("id"), value: <code>{account.id}</code> },
    { name: t("created"), value: <ExactTime at={account.created_at} /> },
  ];
  return (
    <Stack gap="md">
      <Facts facts={facts} />
      <DeleteAccount account={account} tag={tag} />
    </Stack>
  );
}

function Actions({ account, tag }: Read) {
  const t = useTranslations("people.account");
  return (
    <>
      <Button
        component={Link}
        href={historyAddress(account.id)}
        variant="default"
        leftSection={<IconHistory size={16} aria-hidden />}
      >
        {t("history")}
      </Button>
      <Switch account={account} tag={tag} />
    </>
  );
}

/** Switches the account off or on again. */
function Switch({ account, tag }: Read) {
  const t = useTranslations("people.account");
  const app = useTranslations("app.do");
  const { id, name, disabled } = account;
  const at = { params: { path: { account: id } }, ...ifMatch(tag) };
  const disable = useDeed(
    () => client.POST("/api/v1/service-accounts/{account}/disable", at),
    () => t("disabled", { name }),
  );
  const enable = useDeed(
    () => client.POST("/api/v1/service-accounts/{account}/enable", at),
    () => t("enabled", { name }),
  );
  const ask = async () => {
    const loss = {
      title: t("disableTitle", { name }),
      children: t("disableLead"),
      confirm: t("disable"),
      cancel: app("cancel"),
    };
    if (await confirmLoss(loss)) disable.mutate();
  };
  return disabled ? (
    <Button loading={enable.isPending} onClick={() => enable.mutate()}>
      {t("enable")}
    </Button>
  ) : (
    <Button variant="light" color="red" loading={disable.isPending} onClick={ask}>
      {t("disable")}
    </Button>
  );
}
