import { Button, Group, Modal, Radio, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { Problem } from "~/api/problem.ts";
import { sentence } from "~/common/form.ts";
import { NodePicker, RolePicker, SubjectPicker } from "~/common/pick.tsx";
import type { Choice } from "~/common/SearchSelect.tsx";
import { tellDone } from "~/common/tell.tsx";
import { WhatIf } from "~/common/WhatIf.tsx";
import { EndField, momentOf, NEVER } from "./EndField.tsx";
import { give } from "./giving.ts";
import { Refusal } from "./Refusal.tsx";
import { RolesThatAllow } from "./RolesThatAllow.tsx";
import { roleLabel, useRole } from "./role.ts";
import { ConditionField } from "./rules/ConditionField.tsx";
import { useConditionCheck } from "./rules/check.ts";
import { useGivingQuestion } from "./useGivingQuestion.ts";
import { GLOBAL } from "./Where.tsx";

interface Props {
  /** What the address says already. */
  subject: string | null;
  node: string | null;
  role: string | null;
  /** What the role is to allow. */
  permission: string | null;
  close(): void;
}

/** Gives a role to somebody: where, until when, and under which condition. */
export function GiveRole({ permission, close, ...given }: Props) {
  const t = useTranslations("roles.give");
  const queries = useQueryClient();
  const [subject, setSubject] = useState(() => choiceOf(given.subject));
  const [picked, setRole] = useState(() => choiceOf(given.role));
  const [everywhere, setEverywhere] = useState(given.node === GLOBAL);
  const [node, setNode] = useState(() => choiceOf(given.node === GLOBAL ? null : given.node));
  const [end, setEnd] = useState(NEVER);
  const [when, setWhen] = useState<string>();
  // One role at most is known by its id alone: its name is looked up.
  const known = useRole(picked?.value);
  const role =
    picked && known.data ? { value: known.data.role.id, label: roleLabel(known.data.role) } : picked;
  const place = everywhere ? GLOBAL : node?.value;
  const fault = useConditionCheck(place ?? GLOBAL, when ?? "");
  const question = useGivingQuestion({ subject: subject?.value, role: known.data?.role, node: place, when });
  const expires_at = momentOf(end, new Date());
  const giving = useMutation({
    mutationFn: async () => {
      if (!subject || !role || place === undefined || expires_at === undefined) return;
      await give({
        subject: subject.value,
        role: role.value,
        node: place,
        expires_at,
        when: when ?? null,
      });
      close();
      tellDone(t("done", { role: role.label, subject: subject.label }));
      await queries.invalidateQueries({ queryKey: ["roles"] });
    },
  });
  const errors = giving.error instanceof Problem ? giving.error.errors : [];
  const shown = errors.filter(({ pointer }) => /^\/(subject|role|node|expires_at|when)$/.test(pointer));
  const at = (pointer: string) => {
    const error = shown.find((error) => error.pointer === pointer);
    return error && sentence(error.detail);
  };
  const isComplete = subject && role && place !== undefined && expires_at !== undefined && !fault;
  return (
    <Modal
      opened
      onClose={close}
      title={t("title")}
      size="lg"
      closeButtonProps={{ "aria-label": t("cancel") }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          giving.mutate();
        }}
        noValidate
      >
        <Stack>
          <SubjectPicker
            label={t("subject")}
            required
            value={subject}
            onChange={setSubject}
            error={at("/subject")}
          />
          {permission && (
            <RolesThatAllow
              permission={permission}
              chosen={role?.value}
              choose={setRole}
              subject={subject?.value}
              node={place}
            />
          )}
          <RolePicker label={t("role")} required value={role} onChange={setRole} error={at("/role")} />
          <Radio.Group
            label={t("where")}
            required
            value={everywhere ? "everywhere" : "node"}
            onChange={(value) => setEverywhere(value === "everywhere")}
          >
            <Stack gap="xs" mt={4}>
              <Radio value="node" label={t("atNode")} />
              <Radio value="everywhere" label={t("everywhere")} description={t("everywhereHint")} />
            </Stack>
          </Radio.Group>
          {!everywhere && <NodePicker required value={node} onChange={setNode} error={at("/node")} />}
          <EndField value={end} onChange={setEnd} error={at("/expires_at")} />
          {when === undefined ? (
            <Button
              variant="subtle"
              size="compact-sm"
              style={{ alignSelf: "flex-start" }}
              onClick={() => setWhen("")}
            >
              {t("addCondition")}
            </Button>
          ) : (
            <Stack gap={4}>
              <ConditionField
                label={t("condition")}
                value={when}
                onChange={setWhen}
                fault={fault ?? faultOf(at("/when"))}
              />
              <Button
                variant="subtle"
                size="compact-sm"
                style={{ alignSelf: "flex-start" }}
                onClick={() => setWhen(undefined)}
              >
                {t("dropCondition")}
              </Button>
            </Stack>
          )}
          <WhatIf question={question} />
          <Refusal error={giving.error} shown={shown} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t("cancel")}
            </Button>
            <Button type="submit" disabled={!isComplete} loading={giving.isPending}>
              {t("give")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function choiceOf(value: string | null): Choice | null {
  return value ? { value, label: value } : null;
}

function faultOf(detail: string | undefined) {
  return detail === undefined ? undefined : { detail };
}
