import { Text } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { Schema } from "~/api/client.ts";

/** The path of the node that is above all others. */
export const GLOBAL = "/$global";

/** A node as a place where something counts: `$global` is everywhere, in words. */
export function Where({ node }: { node: Schema<"NodeName"> }) {
  const t = useTranslations("roles");
  if (node.path === GLOBAL) return t("everywhere");
  return (
    <span className="told">{node.path ?? <Text span c="dimmed">{`${t("hidden")} ${node.id}`}</Text>}</span>
  );
}
