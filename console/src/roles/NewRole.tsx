import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { useLocation } from "wouter";
import { client } from "~/api/client.ts";
import { useParameters, withParameters } from "~/common/address.ts";
import { Page } from "~/common/Page.tsx";
import { tellDone } from "~/common/tell.tsx";
import { roleAddress } from "./address.ts";
import { RoleForm, type RoleValues } from "./RoleForm.tsx";
import { newRule } from "./rules/rule.ts";
import { GLOBAL } from "./Where.tsx";

/**
 * A role that is made: `?owner=<path>&rule=<pattern>` begin it, and with `subject` it is given to somebody afterwards, at
 * `node` if there is one.
 */
export function NewRole() {
  const t = useTranslations("roles.new");
  const [params] = useParameters();
  const [, navigate] = useLocation();
  const queries = useQueryClient();
  const rule = params.get("rule");
  const rules = useMemo(() => (rule ? [newRule({ pattern: rule })] : []), [rule]);
  const subject = params.get("subject");
  const node = params.get("node");
  const save = async ({ name, owner, rules }: RoleValues) => {
    const { data } = await client.POST("/api/v1/roles", { body: { name, owner, rules } });
    await queries.invalidateQueries({ queryKey: ["roles"] });
    tellDone(t("done", { name }));
    if (!data) return;
    const given = { new: "", role: data.id, ...(subject && { subject }), ...(node && { node }) };
    navigate(subject ? withParameters("/roles/assignments", given) : roleAddress(data.id));
  };
  return (
    <Page
      title={t("title")}
      lead={subject ? t("leadThen", { subject }) : t("lead")}
      above={[{ title: t("roles"), href: "/roles" }]}
    >
      <RoleForm
        isNew
        name=""
        owner={params.get("owner") ?? node ?? GLOBAL}
        rules={rules}
        save={save}
        submit={t("create")}
        back="/roles"
      />
    </Page>
  );
}
