import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { Schema } from "~/api/client.ts";
import { Problem } from "~/api/problem.ts";
import { sentence } from "~/common/form.ts";
import { tellDone } from "~/common/tell.tsx";
import { EndField, endOf, momentOf } from "./EndField.tsx";
import { again, give, takeAway } from "./giving.ts";
import { Refusal } from "./Refusal.tsx";

interface Props {
  assignment: Schema<"AssignmentView">;
  close(): void;
}

/**
 * Another end for an assignment. An assignment does not change: another takes its place. It is made first, so that its
 * holder is never without it.
 */
export function ChangeEnd({ assignment, close }: Props) {
  const t = useTranslations("roles.changeEnd");
  const queries = useQueryClient();
  const [end, setEnd] = useState(() => endOf(assignment.expires_at));
  const moment = momentOf(end, new Date());
  const isSame = end.choice === "date" && endOf(assignment.expires_at).date === end.date;
  const changing = useMutation({
    mutationFn: async (expires_at: string | null) => {
      await give({ ...again(assignment), expires_at });
      await takeAway(assignment.id);
    },
    onSuccess: () => {
      close();
      tellDone(t("done"));
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ["roles"] }),
  });
  const { error } = changing;
  const field =
    error instanceof Problem ? error.errors.find(({ pointer }) => pointer === "/expires_at") : undefined;
  return (
    <Modal opened onClose={close} title={t("title")} closeButtonProps={{ "aria-label": t("cancel") }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (moment !== undefined) changing.mutate(moment);
        }}
      >
        <Stack>
          <Text className="told">
            {t("lead", {
              role: assignment.role.name,
              subject: assignment.subject.path ?? assignment.subject.id,
            })}
          </Text>
          <EndField value={end} onChange={setEnd} error={field && sentence(field.detail)} />
          <Refusal error={error} shown={field ? [field] : []} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t("cancel")}
            </Button>
            <Button
              type="submit"
              loading={changing.isPending}
              disabled={moment === undefined || isSame || (moment === null && !assignment.expires_at)}
            >
              {t("save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
