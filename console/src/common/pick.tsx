import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { Problem } from "~/api/problem.ts";
import { type Choice, SearchSelect, type SearchSelectProps } from "./SearchSelect.tsx";

/** How many suggestions are shown. */
const MANY = 20;

type Picked = Omit<SearchSelectProps, "label"> & { label?: string };

/** A node, by its path. */
export function NodePicker({ label, ...field }: Picked) {
  const t = useTranslations("app.pick");
  return (
    <SearchSelect
      kind="node"
      label={label ?? t("node")}
      description={t("nodeHint")}
      search={searchNodes}
      typed={(text) => (text.startsWith("/") ? { value: text, label: text } : null)}
      {...field}
    />
  );
}

async function searchNodes(text: string): Promise<Choice[]> {
  const items = await findNodes(text);
  return items.map(({ path, kind }) => ({ value: path, label: path, hint: kind }));
}

/** Nodes by a part of the name, or by the beginning of the path. */
export function findNodes(text: string) {
  return text.startsWith("/") ? searchPath(text) : searchNames(text);
}

async function searchNames(q: string) {
  const { data } = await client.GET("/api/v1/nodes", { params: { query: { limit: MANY, q } } });
  return data?.items ?? [];
}

/** Of `/acme/nor` the children of `/acme` that begin with `nor`. */
async function searchPath(text: string) {
  const slash = text.lastIndexOf("/");
  const [parent, prefix] = [text.slice(0, slash), text.slice(slash + 1)];
  if (parent === "") {
    const { data } = await client.GET("/api/v1/top-nodes", { params: { query: { limit: MANY } } });
    return (data?.items ?? []).filter(({ path }) => path.toLowerCase().startsWith(text.toLowerCase()));
  }
  const params = { path: { node: parent }, query: { limit: MANY, prefix, sort: "name" } } as const;
  const answer = client.GET("/api/v1/nodes/{node}/children", { params });
  const { data } = await answer.catch((refusal: unknown): { data?: undefined } => {
    // Somebody is still typing the name of the parent, or may not see it.
    if (refusal instanceof Problem) return {};
    throw refusal;
  });
  return data?.items ?? [];
}

/** A user or a service account, by its path: `/staff/jane`. */
export function PersonPicker({ label, ...field }: Picked) {
  const t = useTranslations("app.pick");
  const search = (text: string) => searchKinds(["user", "service_account"], text);
  return (
    <SearchSelect
      kind="person"
      label={label ?? t("person")}
      description={t("personHint")}
      search={search}
      {...field}
    />
  );
}

/** Whoever a role can be given to: users, service accounts, groups; by path. */
export function SubjectPicker({ label, ...field }: Picked) {
  const t = useTranslations("app.pick");
  const search = (text: string) => searchKinds(["user", "group", "service_account"], text);
  return <SearchSelect kind="subject" label={label ?? t("subject")} search={search} {...field} />;
}

async function searchKinds(kinds: readonly string[], q: string): Promise<Choice[]> {
  const pages = await Promise.all(
    kinds.map((kind) => client.GET("/api/v1/nodes", { params: { query: { limit: MANY, kind, q } } })),
  );
  const found = pages.flatMap(({ data }) => data?.items ?? []);
  return found.map(({ path, name, kind }) => ({ value: path, label: path, hint: `${name}, ${kind}` }));
}

/** A role, by `name@owner`. */
export function RolePicker({ label, ...field }: Picked) {
  const t = useTranslations("app.pick");
  return <SearchSelect kind="role" label={label ?? t("role")} search={searchRoles} {...field} />;
}

async function searchRoles(q: string): Promise<Choice[]> {
  const { data } = await client.GET("/api/v1/roles", { params: { query: { limit: MANY, q } } });
  return (data?.items ?? []).map(({ id, name, owner }) => ({
    value: id,
    label: name,
    hint: owner.path ?? owner.id,
  }));
}

/** A permission, by its name; others than registered ones can be typed. */
export function PermissionPicker({ label, ...field }: Picked) {
  const t = useTranslations("app.pick");
  return (
    <SearchSelect
      kind="permission"
      label={label ?? t("permission")}
      search={searchPermissions}
      typed={(text) => ({ value: text, label: text })}
      {...field}
    />
  );
}

async function searchPermissions(q: string): Promise<Choice[]> {
  const { data } = await client.GET("/api/v1/permissions", { params: { query: { limit: MANY, q } } });
  return (data?.items ?? []).map(({ name, description }) => ({
    value: name,
    label: name,
    hint: description,
  }));
}

/** A group, by its id. */
export function GroupPicker({ label, ...field }: Picked) {
  const t = useTranslations("app.pick");
  return <SearchSelect kind="group" label={label ?? t("group")} search={searchGroups} {...field} />;
}

async function searchGroups(q: string): Promise<Choice[]> {
  const { data } = await client.GET("/api/v1/groups", { params: { query: { limit: MANY, q } } });
  const own = (data?.items ?? []).filter((group) => !group.built_in);
  return own.map(({ id, name, owner }) => ({ value: id, label: name, hint: owner }));
}

/** A realm, by its name. */
export function RealmPicker({ label, ...field }: Picked) {
  const t = useTranslations("app.pick");
  return <SearchSelect kind="realm" label={label ?? t("realm")} search={searchRealms} {...field} />;
}

async function searchRealms(q: string): Promise<Choice[]> {
  const { data } = await client.GET("/api/v1/realms", { params: { query: { limit: MANY, q } } });
  return (data?.items ?? []).map(({ name }) => ({ value: name, label: name }));
}
