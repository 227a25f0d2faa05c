import { Button, Group, List, Loader, Modal, Progress, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useLocation } from "wouter";
import { client, type Schema } from "~/api/client.ts";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { tellDone } from "~/common/tell.tsx";
import { WhatIf } from "~/common/WhatIf.tsx";
import { Refusal } from "./Refusal.tsx";
import type { TaggedRole } from "./role.ts";

/** How many holders are named. */
const NAMED = 8;

/** Asks before a role is deleted, and says who loses what by it. Who has it loses it first: a role that is held stays. */
export function DeleteRole({ tagged, close }: { tagged: TaggedRole; close(): void }) {
  const t = useTranslations("roles.delete");
  const { role, etag } = tagged;
  const [, navigate] = useLocation();
  const queries = useQueryClient();
  const [done, setDone] = useState(0);
  const held = useQuery({
    queryKey: ["roles", "held", role.id],
    queryFn: () => assignmentsOf(role.id),
    staleTime: 0,
  });
  const assignments = held.data ?? [];
  const deleting = useMutation({
    mutationFn: async () => {
      for (const { id } of assignments) {
        await client.DELETE("/api/v1/assignments/{assignment}", { params: { path: { assignment: id } } });
        setDone((before) => before + 1);
      }
      const params = { path: { role: role.id } };
      await client.DELETE("/api/v1/roles/{role}", { params, headers: { "if-match": etag } });
    },
    onSuccess: async () => {
      navigate("/roles");
      tellDone(t("done", { name: role.name }));
      await queries.invalidateQueries({ queryKey: ["roles"] });
    },
    // Some assignments may be gone.
    onError: () => queries.invalidateQueries({ queryKey: ["roles"] }),
  });
  return (
    <Modal
      opened
      onClose={close}
      title={t("title", { name: role.name })}
      size="lg"
      closeButtonProps={{ "aria-label": t("cancel") }}
    >
      <Stack>
        <ProblemAlert error={held.error} />
        {held.isPending && <Loader size="sm" />}
        {held.data && (
          <>
            <Text className="told">{t("lead", { name: role.name, count: assignments.length })}</Text>
            <Holders assignments={assignments} />
            {assignments.length > 0 && (
              <WhatIf
                asksAtOnce
                question={{ remove: { assignments: assignments.map(({ id }) => id), roles: [role.id] } }}
              />
            )}
          </>
        )}
        {deleting.isPending && assignments.length > 0 && (
          <Progress value={(100 * done) / assignments.length} aria-label={t("progress")} />
        )}
        <Refusal error={deleting.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close} data-autofocus>
            {t("cancel")}
          </Button>
          <Button
            color="red.9"
            disabled={!held.data}
            loading={deleting.isPending}
            onClick={() => deleting.mutate()}
          >
            {t("confirm", { count: assignments.length })}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Holders({ assignments }: { assignments: readonly Schema<"AssignmentView">[] }) {
  const t = useTranslations("roles");
  if (assignments.length === 0) return null;
  return (
    <List size="sm">
      {assignments.slice(0, NAMED).map(({ id, subject, node }) => (
        <List.Item key={id} className="told">
          {t("delete.holder", {
            subject: subject.path ?? subject.id,
            node: node.path === "/$global" ? t("everywhere") : (node.path ?? node.id),
          })}
        </List.Item>
      ))}
      {assignments.length > NAMED && (
        <List.Item>{t("delete.more", { count: assignments.length - NAMED })}</List.Item>
      )}
    </List>
  );
}

/** All that one may see; whoever holds it elsewhere keeps it, and the server refuses to delete it. */
async function assignmentsOf(role: string): Promise<Schema<"AssignmentView">[]> {
  const all: Schema<"AssignmentView">[] = [];
  let cursor: string | null | undefined;
  do {
    const query = { role, limit: 500, ...(cursor && { cursor }) };
    const { data } = await client.GET("/api/v1/assignments", { params: { query } });
    all.push(...(data?.items ?? []));
    cursor = data?.next_cursor;
  } while (cursor);
  return all;
}
