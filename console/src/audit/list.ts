import { client } from "~/api/client.ts";
import { useList } from "~/common/list.ts";
import { type Filters, queryOf } from "./filters.ts";

const MANY = 50;

/** The events that the filters show, newest first. */
export function useEvents(filters: Filters) {
  return useList(["audit", filters], async (cursor) => {
    const query = { ...queryOf(filters, new Date()), limit: MANY, ...(cursor && { cursor }) };
    const { data } = await client.GET("/api/v1/audit/events", { params: { query } });
    return data ?? { items: [] };
  });
}
