import { Button, Text } from "@mantine/core";
import { IconDeviceDesktopOff } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { client, type Schema } from "~/api/client.ts";
import { Empty } from "~/common/Empty.tsx";
import { useList } from "~/common/list.ts";
import { Table } from "~/common/Table.tsx";
import { Time } from "~/common/Time.tsx";
import { tellDone, tellFailed } from "~/common/tell.tsx";
import { Card } from "../Card.tsx";
import { deviceOf } from "./device.ts";
import { useMethod } from "./method.ts";
import { useAgain } from "./OpenSessions.tsx";

type Device = Schema<"Page_RememberedView">["items"][number];

/** The devices that remember the sign-in, also those without a session. */
export function RememberedDevices() {
  const t = useTranslations("own.devices");
  const methodOf = useMethod();
  const again = useAgain();
  const list = useList<Device>(["own", "devices"], async () => {
    const { data } = await client.GET("/auth/remembered-devices");
    return data ?? { items: [] };
  });
  const forget = useMutation({
    mutationFn: async (id: string) => {
      await client.DELETE("/auth/remembered-devices/{id}", { params: { path: { id } } });
    },
    onSuccess: () => tellDone(t("forgotten")),
    onError: tellFailed,
    onSettled: again,
  });
  const nameOf = (device: Device) => device.device_name ?? deviceOf(device.user_agent) ?? t("unknown");
  return (
    <Card title={t("title")} lead={t("lead")}>
      <Table
        label={t("title")}
        list={list}
        id={(device) => device.id}
        columns={[
          {
            title: t("device"),
            show: (device) => (
              <>
                <Text size="sm" fw={600} title={device.user_agent ?? ""}>
                  {nameOf(device)}
                </Text>
                <Text size="xs" c="dimmed">
                  {methodOf(device.method)}
                </Text>
              </>
            ),
          },
          { title: t("signedIn"), show: (device) => <Time at={device.signed_in_at} />, wide: true },
          { title: t("used"), show: (device) => <Time at={device.last_used_at} />, wide: true },
          { title: t("until"), show: (device) => <Time at={device.expires_at} /> },
          {
            title: t("actions"),
            align: "right",
            show: (device) => (
              <Button
                size="compact-sm"
                variant="default"
                aria-label={t("forgetOne", { device: nameOf(device) })}
                onClick={() => forget.mutate(device.id)}
              >
                {t("forget")}
              </Button>
            ),
          },
        ]}
        empty={
          <Empty Icon={IconDeviceDesktopOff} title={t("none")}>
            {t("noneWhat")}
          </Empty>
        }
      />
    </Card>
  );
}
