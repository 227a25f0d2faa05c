import { useTranslations } from "use-intl";
import type en from "../../messages/en/audit.json";

type ActionKey = keyof (typeof en)["action"];
type TypeKey = keyof (typeof en)["type"];
type ResourceKey = keyof (typeof en)["resource"];
type PrincipalKey = keyof (typeof en)["principal"];

/** The classes of events, in the order of a choice. */
export const TYPES = [
  "LOGIN",
  "LOGIN_FAILED",
  "LOGOUT",
  "PASSWORD_CHANGE",
  "ACCESS_DENIED",
  "SECURITY_ALERT",
  "ROLE_CHANGE",
  "CONFIG_CHANGE",
  "DATA_CREATE",
  "DATA_UPDATE",
  "DATA_DELETE",
  "DATA_READ",
  "DATA_EXPORT",
  "ERASURE_REQUEST",
  "ERASURE_COMPLETE",
  "BACKUP",
] as const satisfies readonly TypeKey[];

/** The kinds of things, in the order of a choice. */
export const RESOURCES = [
  "user",
  "service_account",
  "group",
  "role",
  "assignment",
  "permission",
  "node",
  "realm",
  "application",
  "setting",
  "api_key",
  "invitation",
  "ip_rule",
  "second_factor_rule",
  "source",
  "world",
  "database",
] as const satisfies readonly ResourceKey[];

/** What the words of events are in the language of the user; words of a newer server stand for themselves. */
export function useWords() {
  const t = useTranslations("audit");
  const key = (action: string) => action.replaceAll(".", "-");
  return {
    action: (action: string) =>
      t.has(`action.${key(action) as ActionKey}`) ? t(`action.${key(action) as ActionKey}`) : action,
    type: (type: string) => (t.has(`type.${type as TypeKey}`) ? t(`type.${type as TypeKey}`) : type),
    resource: (type: string) =>
      t.has(`resource.${type as ResourceKey}`) ? t(`resource.${type as ResourceKey}`) : type,
    principal: (kind: string) =>
      t.has(`principal.${kind as PrincipalKey}`) ? t(`principal.${kind as PrincipalKey}`) : kind,
  };
}
