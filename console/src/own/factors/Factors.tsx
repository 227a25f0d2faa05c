import { ActionIcon, Alert, Badge, Button, Group, Menu, Text } from "@mantine/core";
import {
  IconAlertTriangle,
  IconChevronDown,
  IconDeviceMobile,
  IconDeviceMobileCheck,
  IconFingerprint,
  IconMail,
  IconMessage,
  IconShieldOff,
  IconTrash,
} from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { client, type Schema } from "~/api/client.ts";
import { Empty } from "~/common/Empty.tsx";
import { useList } from "~/common/list.ts";
import { obstacle } from "~/common/passkey.ts";
import { Table } from "~/common/Table.tsx";
import { Time } from "~/common/Time.tsx";
import { confirmLoss, tellDone, tellFailed } from "~/common/tell.tsx";
import { Card } from "../Card.tsx";
import { AddFactor, type Made } from "./AddFactor.tsx";
import { RecoveryCodes } from "./RecoveryCodes.tsx";
import { RecoveryCodesDialog } from "./RecoveryCodesDialog.tsx";

type Factor = Schema<"FactorView">;

const ICONS = {
  passkey: IconFingerprint,
  totp: IconDeviceMobile,
  email: IconMail,
  sms: IconMessage,
  recovery: IconShieldOff,
} as const;

/** The second factors: what there is, another one, and the codes for the day on which all are lost. */
export function Factors() {
  const t = useTranslations("own.factors");
  const queries = useQueryClient();
  const [adding, setAdding] = useState<Made>();
  const [codes, setCodes] = useState<readonly string[]>();
  const again = () => queries.invalidateQueries({ queryKey: ["own", "factors"] });
  const list = useList<Factor>(["own", "factors"], async () => (await readFactors()) ?? { items: [] });
  const facts = list.data?.pages[0] as Schema<"FactorsView"> | undefined;
  const remove = async (factor: Factor) => {
    const last = list.items.length === 1;
    const children = (
      <Text size="sm">
        {t("removeLoss")} {last && t("removeLast")}
      </Text>
    );
    const words = { title: t("removeTitle", { name: factor.name }), confirm: t("remove"), cancel: t("keep") };
    if (!(await confirmLoss({ ...words, children }))) return;
    try {
      await client.DELETE("/auth/factors/{id}", { params: { path: { id: factor.id } } });
      tellDone(t("removed", { name: factor.name }));
      await again();
    } catch (error) {
      tellFailed(error);
    }
  };
  const impossible = obstacle();
  const offered = (["passkey", "totp", "email", "sms"] as const).filter((type) =>
    facts?.accepted.includes(type),
  );
  const add = (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button rightSection={<IconChevronDown size={16} aria-hidden />} disabled={!facts}>
          {t("add")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {offered.map((type) => {
          const Icon = ICONS[type];
          return (
            <Menu.Item
              key={type}
              leftSection={<Icon size={16} aria-hidden />}
              disabled={type === "passkey" && impossible !== undefined}
              onClick={() => setAdding(type)}
            >
              {t(`type.${type}`)}
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
  return (
    <>
      <Card title={t("title")} lead={t("lead")} actions={add}>
        {facts && facts.required > 0 && (
          <Text size="sm" fw={600}>
            {t("required", { count: facts.required })}
          </Text>
        )}
        {impossible && (
          <Alert icon={<IconAlertTriangle />} color="yellow" title={t("noPasskeys")}>
            {t(`obstacle.${impossible}`)}
          </Alert>
        )}
        <Table
          label={t("title")}
          list={list}
          id={(factor) => factor.id}
          columns={[
            {
              title: t("name"),
              show: (factor) => (
                <>
                  <Text size="sm" fw={600}>
                    {factor.name}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {t(`type.${factor.type}`)} {factor.hint}
                  </Text>
                </>
              ),
            },
            { title: t("made"), show: (factor) => <Time at={factor.created_at} />, wide: true },
            { title: t("used"), show: (factor) => <Time at={factor.last_used_at} none={t("never")} /> },
            {
              title: t("actions"),
              align: "right",
              show: (factor) => (
                <ActionIcon
                  variant="subtle"
                  color="red"
                  aria-label={t("removeOne", { name: factor.name })}
                  onClick={() => remove(factor)}
                >
                  <IconTrash size={18} />
                </ActionIcon>
              ),
            },
          ]}
          empty={
            <Empty Icon={IconDeviceMobileCheck} title={t("none")}>
              {t("noneWhat")}
            </Empty>
          }
        />
      </Card>
      {facts && facts.items.length > 0 && (
        <Card title={t("codes.title")} lead={t("codes.lead")}>
          <Group>
            <Badge variant="default" tt="none">
              {t("codes.left", { count: facts.recovery_codes_left })}
            </Badge>
          </Group>
          <RecoveryCodes onMade={setCodes} />
        </Card>
      )}
      <AddFactor
        type={adding}
        onClose={() => setAdding(undefined)}
        onDone={(made) => {
          setAdding(undefined);
          if (made.length > 0) setCodes(made);
          void again();
        }}
      />
      <RecoveryCodesDialog
        codes={codes}
        onClose={() => {
          setCodes(undefined);
          void again();
        }}
      />
    </>
  );
}

async function readFactors() {
  return (await client.GET("/auth/factors")).data;
}
