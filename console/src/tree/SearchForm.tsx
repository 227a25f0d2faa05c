import { ActionIcon, Badge, Button, Collapse, Group, SimpleGrid, TextInput } from "@mantine/core";
import { useDebouncedCallback, useDisclosure } from "@mantine/hooks";
import { IconFilter, IconSearch, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { NodePicker } from "~/common/pick.tsx";
import { type Search, useAddress } from "./address.ts";

/** How long nothing must be typed until it is searched for. */
const PAUSE = 300;
const NONE: Search = { q: "", kind: "", tag: "", under: "", system: "", external: "" };

/** The search above the tree, with its filters. */
export function SearchForm() {
  const t = useTranslations("tree.search");
  const { search, setSearch, clearSearch, isSearching } = useAddress();
  const [typed, setTyped] = useState(search);
  const filters = [search.kind, search.tag, search.under, search.system && search.external].filter(Boolean);
  const [open, { toggle }] = useDisclosure(filters.length > 0);
  const ask = useDebouncedCallback((next: Partial<Search>) => setSearch(next), PAUSE);
  const type = (part: Partial<Search>) => {
    const next = { ...typed, ...part };
    setTyped(next);
    ask(next);
  };
  const clear = () => {
    ask.cancel();
    setTyped(NONE);
    clearSearch();
  };
  return (
    <search>
      <Group wrap="nowrap" gap="xs" mb="xs">
        <TextInput
          flex={1}
          aria-label={t("label")}
          placeholder={t("placeholder")}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={typed.q}
          onChange={(event) => type({ q: event.currentTarget.value })}
          rightSection={
            isSearching && (
              <ActionIcon variant="subtle" color="gray" aria-label={t("clear")} onClick={clear}>
                <IconX size={16} />
              </ActionIcon>
            )
          }
        />
        <Button
          variant="default"
          leftSection={<IconFilter size={16} aria-hidden />}
          aria-expanded={open}
          onClick={toggle}
          rightSection={filters.length > 0 && <Badge circle>{filters.length}</Badge>}
        >
          {t("filters")}
        </Button>
      </Group>
      <Collapse expanded={open}>
        <SimpleGrid cols={2} spacing="xs" mb="xs">
          <TextInput
            label={t("kind")}
            value={typed.kind}
            onChange={(event) => type({ kind: event.currentTarget.value.trim() })}
          />
          <TextInput
            label={t("tag")}
            value={typed.tag}
            onChange={(event) => type({ tag: event.currentTarget.value })}
          />
          <TextInput
            label={t("system")}
            value={typed.system}
            onChange={(event) => type({ system: event.currentTarget.value })}
          />
          <TextInput
            label={t("external")}
            value={typed.external}
            onChange={(event) => type({ external: event.currentTarget.value })}
          />
        </SimpleGrid>
        <NodePicker
          label={t("under")}
          value={typed.under ? { value: typed.under, label: typed.under } : null}
          onChange={(choice) => type({ under: choice?.value ?? "" })}
        />
      </Collapse>
    </search>
  );
}
