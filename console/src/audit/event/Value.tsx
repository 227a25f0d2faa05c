import { Code } from "@mantine/core";
import { useTranslations } from "use-intl";
import { isId, NodeName, RoleName } from "../names.tsx";

/** Values that are ids of things that are no nodes. */
const OTHER_IDS = /^(session|device|factor|invitation|key|family|id)$/;

/** A value of an event as people read it: names for ids, words for truth, text as it is. */
export function Value({ name, value }: { name: string; value: unknown }) {
  const t = useTranslations("audit.event");
  if (value === null || value === undefined || value === "") return t("none");
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (typeof value === "number") return String(value);
  if (isId(value)) {
    if (name === "role") return <RoleName id={value} />;
    return OTHER_IDS.test(name) ? <code>{value}</code> : <NodeName id={value} />;
  }
  if (typeof value === "string") return <bdi>{value}</bdi>;
  return (
    <Code block className="told">
      {JSON.stringify(value, null, 2)}
    </Code>
  );
}
