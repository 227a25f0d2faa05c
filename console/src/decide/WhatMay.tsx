import "./decide.css";
import { Anchor, List, Text } from "@mantine/core";
import { IconListCheck } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { api } from "~/api/client.ts";
import { Empty } from "~/common/Empty.tsx";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { Waiting } from "~/common/Waiting.tsx";
import { decideAt, principalInput, type Question, type Who } from "./question.ts";
import { useWho } from "./who.ts";

/** What may this person do here? */
export function WhatMay({ question }: { question: Question }) {
  const t = useTranslations("decide");
  const who = useWho(question.principal);
  if (question.principal === "") {
    return (
      <Empty Icon={IconListCheck} title={t("empty.title")}>
        <Text size="sm">{t("empty.what")}</Text>
      </Empty>
    );
  }
  return who ? <Permissions question={question} who={who} /> : <Waiting />;
}

function Permissions({ question, who }: { question: Question; who: Who }) {
  const t = useTranslations("decide");
  const principal = principalInput(who);
  const { node } = question;
  const body = { ...(principal && { principal }), ...(node && { node }) };
  const answer = api.useQuery("post", "/api/v1/access/permissions", { body }, { staleTime: 0 });
  if (answer.error) return <ProblemAlert error={answer.error} />;
  if (!answer.data) return <Waiting />;
  const { permissions } = answer.data;
  if (permissions.length === 0) {
    return (
      <Empty Icon={IconListCheck} title={t("what.nothing")}>
        <Text size="sm">{t("what.nothingHint")}</Text>
      </Empty>
    );
  }
  return (
    <>
      <Text fw={600} className="told" data-testid="what">
        {t("what.all", { person: who.name, count: permissions.length, node: node || "/$global" })}
      </Text>
      <List listStyleType="none" className="decide-columns">
        {permissions.map((permission) => (
          <List.Item key={permission} className="told">
            <Anchor
              component={Link}
              href={decideAt({ principal: question.principal, node, permission })}
              ff="monospace"
              size="sm"
              underline="always"
            >
              {permission}
            </Anchor>
          </List.Item>
        ))}
      </List>
    </>
  );
}
