import { client } from "~/api/client.ts";
import { type Choice, SearchSelect, type SearchSelectProps } from "~/common/SearchSelect.tsx";

/** A realm or an application: what can own a service account. */
export function OwnerPicker(field: SearchSelectProps) {
  return <SearchSelect kind="account-owner" search={search} {...field} />;
}

async function search(q: string): Promise<Choice[]> {
  const params = { query: { limit: 20, q } };
  const realms = await client.GET("/api/v1/realms", { params });
  const applications = await client.GET("/api/v1/applications", { params });
  const found = [...(realms.data?.items ?? []), ...(applications.data?.items ?? [])];
  return found.map(({ name }) => ({ value: `/${name}`, label: `/${name}` }));
}
