import { Table } from "@mantine/core";
import type { ReactNode } from "react";

/** Names and values; those without a value are left out. */
export function Fields({ label, fields }: { label: string; fields: readonly [string, ReactNode][] }) {
  const shown = fields.filter(([, value]) => value !== null && value !== undefined && value !== "");
  if (shown.length === 0) return null;
  return (
    <Table aria-label={label} variant="vertical" layout="fixed" withTableBorder>
      <Table.Tbody>
        {shown.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Th scope="row" w="32%">
              {name}
            </Table.Th>
            <Table.Td className="told">{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
