import { Tabs } from "@mantine/core";
import type { ReactNode } from "react";
import { useInAddress } from "~/common/address.ts";

interface Sheet {
  name: string;
  title: string;
  show(): ReactNode;
}

/** The sheets of a page; the open one stands in the address as `tab`. */
export function Sheets({ label, sheets }: { label: string; sheets: readonly Sheet[] }) {
  const [tab, setTab] = useInAddress("tab");
  const [first] = sheets;
  const open = sheets.find((sheet) => sheet.name === tab) ?? first;
  if (!open) return null;
  return (
    <Tabs
      value={open.name}
      onChange={(name) => setTab(name === first?.name ? "" : (name ?? ""))}
      keepMounted={false}
    >
      <Tabs.List aria-label={label} mb="md">
        {sheets.map(({ name, title }) => (
          <Tabs.Tab key={name} value={name}>
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {sheets.map(({ name, show }) => (
        <Tabs.Panel key={name} value={name}>
          {name === open.name && show()}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
