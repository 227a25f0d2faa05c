import { Anchor, List, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import type { Schema } from "~/api/client.ts";
import { Time } from "~/common/Time.tsx";
import { nodeAt, personAt, roleAt } from "./links.ts";
import type { NearMiss } from "./near_misses.ts";
import { ruleText } from "./rule_text.ts";
import type { Told } from "./Why.tsx";

/** The way of the answer as an ordered list: what the picture shows, for everybody. */
export function Steps({ told }: { told: Told }) {
  const { reason } = told;
  return (
    <List type="ordered" spacing={6} className="told" data-testid="steps">
      {reason.rule ? <ByRule told={told} rule={reason.rule} /> : <WithoutRule told={told} />}
    </List>
  );
}

function ByRule({ told, rule }: { told: Told; rule: Schema<"RuleReasonView"> }) {
  const t = useTranslations("decide.steps");
  const role = (text: ReactNode) => <To href={roleAt(rule.role)}>{text}</To>;
  const at = (node: Schema<"NodeName">) => (text: ReactNode) => <To href={nodeAt(node)}>{text}</To>;
  return (
    <>
      <Person told={told} />
      {rule.group_path.map((group) => (
        <List.Item key={group.id}>
          {t.rich("group", { group: group.path ?? group.id, link: at(group) })}
        </List.Item>
      ))}
      <List.Item>
        {t.rich("role", {
          role: rule.role.name,
          owner: rule.role.owner.path ?? rule.role.owner.id,
          node: rule.node.path ?? rule.node.id,
          link: role,
          at: at(rule.node),
        })}
      </List.Item>
      <List.Item>
        {t.rich(rule.effect === "allow" ? "allows" : "denies", {
          rule: ruleText(rule.rule),
          code: (text) => <code>{text}</code>,
        })}
      </List.Item>
      {rule.path.map(({ through, to }) => (
        <List.Item key={to.id}>
          {t.rich(through === "connection" || through === "root" ? through : "child", {
            node: to.path ?? to.id,
            link: at(to),
          })}
        </List.Item>
      ))}
      {rule.path.length === 0 && <List.Item>{t("here")}</List.Item>}
    </>
  );
}

function WithoutRule({ told }: { told: Told }) {
  const t = useTranslations("decide.steps");
  const { misses, reason, decision } = told;
  return (
    <>
      <Person told={told} />
      {reason.kind === "no_allow" && misses.map((miss) => <Miss key={miss.key} miss={miss} />)}
      <List.Item>
        {t(decision === "allow" ? "everything" : reason.kind === "no_allow" ? "nothing" : "notAsked", {
          permission: told.permission,
          node: told.node.path ?? told.node.id,
        })}
      </List.Item>
    </>
  );
}

function Person({ told }: { told: Told }) {
  const t = useTranslations("decide.steps");
  const href = personAt(told.who);
  const words = told.who.path && told.who.path !== told.who.name ? "person" : "personAlone";
  return (
    <List.Item>
      {t.rich(words, {
        name: told.who.name,
        path: told.who.path ?? "",
        link: (text) => (href ? <To href={href}>{text}</To> : text),
      })}
    </List.Item>
  );
}

function Miss({ miss }: { miss: NearMiss }) {
  const t = useTranslations("decide");
  const { assignment, rule, role } = miss;
  return (
    <List.Item>
      {t.rich("steps.miss", {
        role: role.name,
        link: (text) => <To href={roleAt(role)}>{text}</To>,
      })}{" "}
      {t(`missing.${miss.missing}`)}
      {rule && (
        <Text size="sm" c="dimmed" className="told">
          <code>{rule}</code>
        </Text>
      )}
      {assignment && (
        <Text size="sm" c="dimmed" className="told">
          {t("steps.missAt", {
            subject: assignment.subject.path ?? assignment.subject.id,
            node: assignment.node.path ?? assignment.node.id,
          })}
          {assignment.when && (
            <>
              {" "}
              <code>{assignment.when}</code>
            </>
          )}
          {assignment.expires_at && (
            <> {t.rich("steps.missUntil", { time: () => <Time at={assignment.expires_at} /> })}</>
          )}
        </Text>
      )}
    </List.Item>
  );
}

function To({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Anchor component={Link} href={href} inherit underline="always">
      {children}
    </Anchor>
  );
}
