import { Button, Menu } from "@mantine/core";
import {
  IconBan,
  IconChevronDown,
  IconHistory,
  IconKey,
  IconLock,
  IconMask,
  IconScale,
} from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { client } from "~/api/client.ts";
import { useMay } from "~/app/may.ts";
import { useMe } from "~/app/session.ts";
import { confirmLoss } from "~/common/tell.tsx";
import { askingAddress, historyAddress, userPath } from "../addresses.ts";
import { useDeed } from "../deed.ts";
import { Impersonate } from "./Impersonate.tsx";
import { Lock } from "./Lock.tsx";
import { atRead, type Read } from "./paths.ts";
import { ResetPassword } from "./ResetPassword.tsx";

/** What can be done about a user as a whole. */
export function Actions({ user, tag }: Read) {
  const t = useTranslations("people.actions");
  const [open, setOpen] = useState<"password" | "lock" | "impersonate">();
  const path = userPath(user.realm, user.username);
  const may = useMay(["user_manage", "user:impersonate"], path);
  const me = useMe();
  const own = me.kind === "user" && me.realm === user.realm && me.username === user.username;
  const disable = useDisable({ user, tag });
  const close = () => setOpen(undefined);
  return (
    <>
      {may.has("user:impersonate") && !own && !user.superuser && !me.impersonator && (
        <Button
          variant="default"
          leftSection={<IconMask size={16} aria-hidden />}
          onClick={() => setOpen("impersonate")}
        >
          {t("impersonate")}
        </Button>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <Button rightSection={<IconChevronDown size={16} aria-hidden />}>{t("menu")}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          {may.has("user_manage") && (
            <>
              <Menu.Item leftSection={<IconKey size={16} aria-hidden />} onClick={() => setOpen("password")}>
                {t("password")}
              </Menu.Item>
              {!own && (
                <Menu.Item leftSection={<IconLock size={16} aria-hidden />} onClick={() => setOpen("lock")}>
                  {user.lock ? t("lockAgain") : t("lock")}
                </Menu.Item>
              )}
              {!own && !user.disabled && (
                <Menu.Item leftSection={<IconBan size={16} aria-hidden />} onClick={disable}>
                  {t("disable")}
                </Menu.Item>
              )}
              <Menu.Divider />
            </>
          )}
          <Menu.Item
            component={Link}
            href={askingAddress(path)}
            leftSection={<IconScale size={16} aria-hidden />}
          >
            {t("ask")}
          </Menu.Item>
          <Menu.Item
            component={Link}
            href={historyAddress(user.id)}
            leftSection={<IconHistory size={16} aria-hidden />}
          >
            {t("history")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {open === "password" && <ResetPassword user={user} onClose={close} />}
      {open === "lock" && <Lock user={user} tag={tag} onClose={close} />}
      {open === "impersonate" && <Impersonate user={user} onClose={close} />}
    </>
  );
}

/** Switches a user off, after a question. */
function useDisable({ user, tag }: Read) {
  const t = useTranslations("people.disable");
  const app = useTranslations("app.do");
  const { username } = user;
  const disable = useDeed(
    () => client.POST("/api/v1/realms/{realm}/users/{username}/disable", atRead({ user, tag })),
    () => t("done", { username }),
  );
  return async () => {
    const loss = {
      title: t("title", { username }),
      children: t("lead"),
      confirm: t("confirm"),
      cancel: app("cancel"),
    };
    if (await confirmLoss(loss)) disable.mutate();
  };
}
