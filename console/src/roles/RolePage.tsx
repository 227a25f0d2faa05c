import { Alert, Button, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconLock, IconPencil, IconTrash, IconUserPlus } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { Link, useLocation } from "wouter";
import { useMay } from "~/app/may.ts";
import { useParameters } from "~/common/address.ts";
import { Page } from "~/common/Page.tsx";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { ExactTime } from "~/common/Time.tsx";
import { tellDone } from "~/common/tell.tsx";
import { WhatIf, type WhatIfQuestion } from "~/common/WhatIf.tsx";
import { AssignmentTable } from "./AssignmentTable.tsx";
import { roleAddress } from "./address.ts";
import { DeleteRole } from "./DeleteRole.tsx";
import { RoleForm, type RoleValues } from "./RoleForm.tsx";
import { BuiltIn } from "./RoleList.tsx";
import { saveRole, type TaggedRole, useRole } from "./role.ts";
import { RuleLines } from "./rules/RuleLines.tsx";
import { draftOf, sameRules } from "./rules/rule.ts";
import { GLOBAL, Where } from "./Where.tsx";

/** A role: its rules and who has it; with `?edit` the form. */
export function RolePage({ id }: { id: string }) {
  const t = useTranslations("roles.role");
  const found = useRole(id);
  const above = [{ title: t("roles"), href: "/roles" }];
  if (found.data) return <Found tagged={found.data} above={above} />;
  return (
    <Page title={found.error ? t("missing") : t("loading")} above={above}>
      {found.error ? <ProblemAlert error={found.error} /> : <Skeleton h={120} aria-busy="true" />}
    </Page>
  );
}

interface FoundProps {
  tagged: TaggedRole;
  above: { title: string; href: string }[];
}

function Found({ tagged, above }: FoundProps) {
  const t = useTranslations("roles.role");
  const { role } = tagged;
  const [params] = useParameters();
  const [deletes, setDeletes] = useState(false);
  const may = useMay(["access:role"], role.owner.id);
  const mayChange = may.has("access:role") && !role.built_in;
  const edits = params.has("edit") && mayChange;
  const actions = mayChange && !edits && (
    <>
      <Button
        component={Link}
        href={`${roleAddress(role.id)}?edit`}
        leftSection={<IconPencil size={16} aria-hidden />}
      >
        {t("edit")}
      </Button>
      <Button
        variant="default"
        leftSection={<IconTrash size={16} aria-hidden />}
        onClick={() => setDeletes(true)}
      >
        {t("delete")}
      </Button>
    </>
  );
  const lead = (
    <>
      {role.owner.path === GLOBAL ? t("countsEverywhere") : t("counts")}{" "}
      {role.owner.path !== GLOBAL && <Where node={role.owner} />} {role.built_in && <BuiltIn />}
    </>
  );
  return (
    <Page title={role.name} lead={lead} above={above} actions={actions || undefined}>
      {edits ? (
        <Edit key={tagged.etag} tagged={tagged} />
      ) : (
        <>
          <View tagged={tagged} />
          <Holders tagged={tagged} />
        </>
      )}
      {deletes && <DeleteRole tagged={tagged} close={() => setDeletes(false)} />}
    </Page>
  );
}

function View({ tagged: { role } }: { tagged: TaggedRole }) {
  const t = useTranslations("roles.role");
  return (
    <Stack gap="sm">
      {role.built_in && (
        <Alert icon={<IconLock />} color="gray">
          {t("builtIn")}
        </Alert>
      )}
      <Title order={2} size="h4">
        {t("rules")}
      </Title>
      <RuleLines rules={role.rules} />
      {!role.built_in && (
        <Text size="sm" c="dimmed">
          {t("changed")} <ExactTime at={role.updated_at} />
        </Text>
      )}
    </Stack>
  );
}

function Holders({ tagged: { role } }: { tagged: TaggedRole }) {
  const t = useTranslations("roles.role");
  const give = (
    <Button
      component={Link}
      href={`/roles/assignments?new&role=${encodeURIComponent(role.id)}`}
      variant="default"
      size="xs"
      leftSection={<IconUserPlus size={16} aria-hidden />}
    >
      {t("give")}
    </Button>
  );
  return (
    <section>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          {t("holders")}
        </Title>
        {give}
      </Group>
      <AssignmentTable filter={{ role: role.id }} empty={t("nobody")} />
    </section>
  );
}

function Edit({ tagged }: { tagged: TaggedRole }) {
  const t = useTranslations("roles.role");
  const [, navigate] = useLocation();
  const queries = useQueryClient();
  const { role } = tagged;
  const rules = useMemo(() => role.rules.map(draftOf), [role.rules]);
  const address = roleAddress(role.id);
  const save = async ({ name, rules }: RoleValues) => {
    await saveRole(tagged, { name, rules });
    navigate(address);
    tellDone(t("saved", { name }));
    await queries.invalidateQueries({ queryKey: ["roles"] });
  };
  return (
    <RoleForm
      name={role.name}
      owner={role.owner.path ?? role.owner.id}
      rules={rules}
      save={save}
      submit={t("save")}
      back={address}
    >
      {({ rules }) => (
        <section>
          <Title order={2} size="h4" mb={4}>
            {t("whatIf")}
          </Title>
          <Text size="sm" c="dimmed" mb="xs">
            {t("whatIfLead")}
          </Text>
          <WhatIf question={question(tagged, rules)} />
        </section>
      )}
    </RoleForm>
  );
}

/** What other rules would change. Another name changes nothing, so the role has its old one. */
function question({ role }: TaggedRole, rules: RoleValues["rules"]): WhatIfQuestion | undefined {
  const owner = role.owner.path;
  if (!owner || sameRules(role.rules, rules)) return undefined;
  return { change: { roles: [{ name: role.name, owner, rules }] } };
}
