import { Button, Card, Group, Select, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { client, type Schema } from "~/api/client.ts";
import { pathOfGroup } from "../addresses.ts";
import { CardHead } from "../CardHead.tsx";
import { READ, useDeed } from "../deed.ts";
import { at } from "./paths.ts";

interface Props {
  user: Schema<"UserView">;
  path: string;
}

/** The role in which a user acts where nothing else is said. */
export function DefaultRole({ user, path }: Props) {
  const t = useTranslations("people.defaultRole");
  const app = useTranslations("app.do");
  const held = useHeld(user, path);
  const now = user.default_role ?? null;
  const [role, setRole] = useState<string | null>(now);
  const save = useDeed(
    () => client.PUT("/api/v1/realms/{realm}/users/{username}/default-role", { ...at(user), body: { role } }),
    () => t("done"),
  );
  const names = [...new Set([...held, ...(now ? [now] : [])])];
  return (
    <Card withBorder>
      <Stack gap="sm">
        <CardHead title={t("title")} lead={t("lead")} />
        <Group align="flex-end">
          <Select
            aria-label={t("title")}
            clearable
            placeholder={t("none")}
            data={names}
            value={role}
            onChange={setRole}
          />
          <Button
            variant="default"
            disabled={role === now}
            loading={save.isPending}
            onClick={() => save.mutate()}
          >
            {app("save")}
          </Button>
        </Group>
      </Stack>
    </Card>
  );
}

/** The roles that a user was given himself, and by his groups: `name`, or `name@/path/of/owner`. */
function useHeld(user: Schema<"UserView">, path: string): readonly string[] {
  const { data } = useQuery({
    queryKey: [...READ, "held", path, user.groups],
    queryFn: async () => {
      const groups = user.groups.map(pathOfGroup);
      const pages = await Promise.all(
        [path, ...groups].map((subject) =>
          client.GET("/api/v1/assignments", { params: { query: { subject, limit: 500 } } }),
        ),
      );
      return pages.flatMap(({ data }) => (data?.items ?? []).map(({ role }) => roleName(role)));
    },
  });
  return data ?? [];
}

function roleName({ name, owner }: Schema<"RoleName">): string {
  return owner.path && owner.path !== "/$global" ? `${name}@${owner.path}` : name;
}
