import { Radio, Stack } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { Schema } from "~/api/client.ts";

interface Props {
  value: Schema<"GroupKind">;
  onChange(kind: string): void;
}

/** What sort of group. */
export function KindField({ value, onChange }: Props) {
  const t = useTranslations("people.groups");
  return (
    <Radio.Group label={t("kind")} value={value} onChange={onChange}>
      <Stack gap="xs" mt={6}>
        <Radio value="group" label={t("kinds.group")} description={t("groupHint")} />
        <Radio value="department" label={t("kinds.department")} description={t("departmentHint")} />
      </Stack>
    </Radio.Group>
  );
}
