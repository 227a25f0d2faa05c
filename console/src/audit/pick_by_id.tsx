import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { NodePicker, PersonPicker, RolePicker, SubjectPicker } from "~/common/pick.tsx";
import type { Choice } from "~/common/SearchSelect.tsx";
import { TypedFilter } from "./FilterBar.tsx";
import { RoleName, useNodeName } from "./names.tsx";

interface Props {
  label: string;
  /** The id of what is picked; empty: nothing. */
  id: string;
  onChange(id: string): void;
}

/** A person, picked by path and kept as the id that events have. */
export function PersonFilter({ label, id, onChange }: Props) {
  const { value, error, pick } = useById(id, onChange);
  return <PersonPicker label={label} description={null} value={value} error={error} onChange={pick} />;
}

/** The thing that events are about, picked by what it is called. */
export function ThingFilter({ type, id, onChange }: Omit<Props, "label"> & { type: string }) {
  const t = useTranslations("audit.filter");
  const { value, error, pick } = useById(id, onChange);
  const field = { label: t("resource"), description: null, value, error, onChange: pick };
  switch (type) {
    case "":
      return <TextInput label={t("resource")} placeholder={t("resourceFirst")} disabled />;
    case "user":
    case "service_account":
      return <PersonPicker {...field} />;
    case "group":
      return <SubjectPicker {...field} />;
    case "node":
    case "realm":
    case "application":
      return <NodePicker {...field} />;
    case "role":
      return <RoleFilter id={id} onChange={onChange} />;
    default:
      return <TypedFilter label={t("resourceId")} value={id} onChange={onChange} />;
  }
}

function RoleFilter({ id, onChange }: Omit<Props, "label">) {
  const t = useTranslations("audit.filter");
  const [picked, setPicked] = useState<Choice | null>(null);
  const value = id === "" ? null : picked?.value === id ? picked : { value: id, label: id };
  return (
    <RolePicker
      label={t("resource")}
      description={value && value !== picked ? <RoleName id={id} plain /> : null}
      value={value}
      onChange={(choice) => {
        setPicked(choice);
        onChange(choice?.value ?? "");
      }}
    />
  );
}

/** Turns the path that was picked into an id, and the id back into a path to show. */
function useById(id: string, onChange: (id: string) => void) {
  const t = useTranslations("audit.filter");
  const [error, setError] = useState<string>();
  const node = useNodeName(id);
  const value: Choice | null = id === "" ? null : { value: id, label: node?.path ?? id };
  const pick = async (choice: Choice | null) => {
    setError(undefined);
    if (!choice || choice.value === id) return onChange(choice?.value ?? "");
    const path = { node: choice.value };
    const found = await client.GET("/api/v1/nodes/{node}", { params: { path } }).catch(() => undefined);
    if (found?.data) onChange(found.data.id);
    else setError(t("notThere"));
  };
  return { value, error, pick };
}
