import { Button, Group, Stack } from "@mantine/core";
import { useTranslations } from "use-intl";
import { Problem } from "~/api/problem.ts";
import { Refusal } from "./Refusal.tsx";

interface Props {
  draft: { isChanged: boolean; isStale: boolean; reset(): void };
  change: { error: unknown; isPending: boolean; reset(): void };
  /** Why what was typed cannot be saved as it is. */
  invalid?: boolean;
  save(): void;
}

/** Saves what was typed, or takes it back. Nothing while nothing was. */
export function SaveBar({ draft, change, invalid = false, save }: Props) {
  const common = useTranslations("app.do");
  // While it is being saved, what comes back is the own change.
  const isStale = draft.isStale && !change.isPending;
  if (!draft.isChanged && !isStale) return null;
  const forget = () => {
    change.reset();
    draft.reset();
  };
  const stale = isStale ? new Problem(412, {}) : change.error;
  return (
    <Stack mt="sm" gap="xs">
      <Refusal error={stale} onReloaded={forget} />
      <Group gap="xs">
        <Button size="xs" loading={change.isPending} disabled={invalid || isStale} onClick={save}>
          {common("save")}
        </Button>
        <Button size="xs" variant="default" onClick={forget}>
          {common("cancel")}
        </Button>
      </Group>
    </Stack>
  );
}
