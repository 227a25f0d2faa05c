import { Button, SimpleGrid, Text } from "@mantine/core";
import { IconUserPlus } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { useParameters } from "~/common/address.ts";
import { Page } from "~/common/Page.tsx";
import { NodePicker, RolePicker, SubjectPicker } from "~/common/pick.tsx";
import { AssignmentTable } from "./AssignmentTable.tsx";
import { GiveRole } from "./GiveRole.tsx";
import { roleLabel, useRole } from "./role.ts";
import { Sections } from "./Sections.tsx";

/**
 * Who was given which role where; `?subject=&role=&node=` are its filters. With `new` they fill the dialog that gives a
 * role, and `permission` there says what it is to allow.
 */
export function AssignmentList() {
  const t = useTranslations("roles.assignments");
  const [params, change] = useParameters();
  const gives = params.has("new");
  const text = (name: string) => (gives ? undefined : (params.get(name) ?? undefined));
  const [subject, role, node] = [text("subject"), text("role"), text("node")];
  const chosen = useRole(role);
  const open = () => change({ new: "yes" }, true);
  const close = () =>
    change(
      { new: undefined, permission: undefined, subject: undefined, node: undefined, role: undefined },
      true,
    );
  const give = (
    <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={open}>
      {t("give")}
    </Button>
  );
  const isFiltered = Boolean(subject || role || node);
  return (
    <Page title={t("title")} lead={t("lead")} actions={give}>
      <Sections here="assignments" />
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <SubjectPicker
          value={subject ? { value: subject, label: subject } : null}
          onChange={(picked) => change({ subject: picked?.value }, true)}
        />
        <RolePicker
          value={role ? { value: role, label: chosen.data ? roleLabel(chosen.data.role) : role } : null}
          onChange={(picked) => change({ role: picked?.value }, true)}
        />
        <NodePicker
          description={null}
          value={node ? { value: node, label: node } : null}
          onChange={(picked) => change({ node: picked?.value }, true)}
        />
      </SimpleGrid>
      <AssignmentTable filter={{ subject, role, node }} empty={isFiltered ? t("noneFound") : t("none")}>
        <Text>{isFiltered ? t("otherFilter") : t("noneHint")}</Text>
        {give}
      </AssignmentTable>
      {gives && (
        <GiveRole
          subject={params.get("subject")}
          node={params.get("node")}
          role={params.get("role")}
          permission={params.get("permission")}
          close={close}
        />
      )}
    </Page>
  );
}
