import { CloseButton, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useInAddress } from "./address.ts";

interface Props {
  label: string;
  placeholder?: string;
  /** Beside fields that have their labels above them. */
  isLabelled?: boolean;
}

/** Filters the list of a page; what was typed stands in the address as `q`. */
export function SearchField({ label, placeholder, isLabelled = false }: Props) {
  const t = useTranslations("app.list");
  const [q, setQ] = useInAddress("q");
  const [text, setText] = useState(q);
  const look = useDebouncedCallback(setQ, 250);
  const change = (typed: string) => {
    setText(typed);
    look(typed);
  };
  return (
    <TextInput
      type="search"
      flex={1}
      miw={200}
      maw={480}
      {...(isLabelled ? { label } : { "aria-label": label, placeholder: placeholder ?? label })}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={text && <CloseButton size="sm" aria-label={t("clear")} onClick={() => change("")} />}
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}
