import { Button, Center, Table as Plain, Skeleton, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { useList } from "./list.ts";
import { ProblemAlert } from "./ProblemAlert.tsx";

interface Column<Item> {
  title: string;
  show(item: Item): ReactNode;
  /** For columns of numbers and buttons. */
  align?: "right";
  /** Left out on a phone. */
  wide?: boolean;
}

interface Props<Item> {
  /** What the table holds, for who does not see it. */
  label: string;
  list: ReturnType<typeof useList<Item>>;
  id(item: Item): string;
  columns: readonly Column<Item>[];
  /** What stands there when nothing does: what to do. */
  empty: ReactNode;
}

/** A list of the server as a table, with the next page behind a button. */
export function Table<Item>({ label, list, id, columns, empty }: Props<Item>) {
  const t = useTranslations("app.list");
  if (list.error) return <ProblemAlert error={list.error} />;
  if (list.isPending) return <Lines />;
  if (list.items.length === 0) return empty;
  return (
    <Stack>
      <Plain.ScrollContainer minWidth={320}>
        <Plain aria-label={label} highlightOnHover verticalSpacing="sm">
          <Plain.Thead>
            <Plain.Tr>
              {columns.map(({ title, align, wide }) => (
                <Plain.Th key={title} ta={align ?? "left"} {...(wide && { visibleFrom: "sm" })}>
                  {title}
                </Plain.Th>
              ))}
            </Plain.Tr>
          </Plain.Thead>
          <Plain.Tbody>
            {list.items.map((item) => (
              <Plain.Tr key={id(item)}>
                {columns.map(({ title, show, align, wide }) => (
                  <Plain.Td
                    key={title}
                    ta={align ?? "left"}
                    className="told"
                    {...(wide && { visibleFrom: "sm" })}
                  >
                    {show(item)}
                  </Plain.Td>
                ))}
              </Plain.Tr>
            ))}
          </Plain.Tbody>
        </Plain>
      </Plain.ScrollContainer>
      {list.hasNextPage && (
        <Center>
          <Button variant="default" loading={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
            {t("more")}
          </Button>
        </Center>
      )}
    </Stack>
  );
}

function Lines() {
  return (
    <Stack gap="sm" aria-busy="true">
      {[1, 2, 3, 4].map((line) => (
        <Skeleton key={line} h={36} />
      ))}
    </Stack>
  );
}
