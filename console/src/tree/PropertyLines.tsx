import { ActionIcon, Group, Select, Stack, Table, TagsInput, Textarea, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { type Line, mistake, TYPES, type Type, withType } from "./property.ts";

interface Props {
  lines: readonly Line[];
  set(lines: Line[]): void;
  readOnly: boolean;
}

/** Properties, one a line: name, type, value. */
export function PropertyLines({ lines, set, readOnly }: Props) {
  const t = useTranslations("tree.properties");
  if (lines.length === 0) return null;
  if (readOnly) return <Plain lines={lines} />;
  const change = (line: Line) => set(lines.map((other) => (other.key === line.key ? line : other)));
  return (
    <Stack gap="xs" role="group" aria-label={t("table")}>
      {lines.map((line) => (
        <Editor
          key={line.key}
          line={line}
          wrong={mistake(line, lines)}
          change={change}
          remove={() => set(lines.filter((other) => other.key !== line.key))}
        />
      ))}
    </Stack>
  );
}

interface EditorProps {
  line: Line;
  wrong: ReturnType<typeof mistake>;
  change(line: Line): void;
  remove(): void;
}

function Editor({ line, wrong, change, remove }: EditorProps) {
  const t = useTranslations("tree.properties");
  const about = line.name || t("unnamed");
  const isNameWrong = wrong === "name" || wrong === "twice";
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start" role="group" aria-label={about}>
      <Group gap="xs" flex={1} align="flex-start" miw={0}>
        <TextInput
          flex="2 1 130px"
          aria-label={t("name")}
          placeholder={t("name")}
          value={line.name}
          maxLength={255}
          error={isNameWrong && line.name !== "" && t(`wrong.${wrong}`)}
          onChange={(event) => change({ ...line, name: event.currentTarget.value })}
        />
        <Select
          w={104}
          aria-label={t("typeOf", { name: about })}
          data={TYPES.map((type) => ({ value: type, label: t(`type.${type}`) }))}
          value={line.type}
          allowDeselect={false}
          onChange={(type) => change(withType(line, TYPES.find((each) => each === type) ?? line.type))}
        />
        <Value line={line} wrong={isNameWrong ? undefined : wrong} change={change} />
      </Group>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        onClick={remove}
        aria-label={t("remove", { name: about })}
      >
        <IconTrash size={16} />
      </ActionIcon>
    </Group>
  );
}

function Value({ line, wrong, change }: Omit<EditorProps, "remove">) {
  const t = useTranslations("tree.properties");
  const label = t("valueOf", { name: line.name || t("unnamed") });
  const { original: _, ...rest } = line;
  const common = { "aria-label": label, flex: "3 1 160px", error: wrong && t(`wrong.${wrong}`) };
  const typed = (text: string) => change({ ...rest, text });
  const onChange = (event: { currentTarget: { value: string } }) => typed(event.currentTarget.value);
  const field: Record<Type, () => ReactNode> = {
    text: () => <Textarea {...common} autosize maxRows={6} value={line.text} onChange={onChange} />,
    number: () => <TextInput {...common} inputMode="decimal" value={line.text} onChange={onChange} />,
    truth: () => (
      <Select
        {...common}
        data={[
          { value: "true", label: t("true") },
          { value: "false", label: t("false") },
        ]}
        value={line.text === "true" ? "true" : "false"}
        allowDeselect={false}
        onChange={(value) => typed(value ?? "false")}
      />
    ),
    list: () => (
      <TagsInput
        {...common}
        allowDuplicates
        value={line.list}
        onChange={(list) => change({ ...rest, list })}
      />
    ),
    json: () => <Textarea {...common} autosize maxRows={12} value={line.text} onChange={onChange} />,
  };
  return field[line.type]();
}

function Plain({ lines }: { lines: readonly Line[] }) {
  const t = useTranslations("tree.properties");
  return (
    <Table className="tree-values" aria-label={t("table")}>
      <Table.Tbody>
        {lines.map((line) => (
          <Table.Tr key={line.key}>
            <Table.Th className="told" scope="row">
              {line.name}
            </Table.Th>
            <Table.Td className="told">
              {line.type === "truth" ? t(line.text === "true" ? "true" : "false") : line.text}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
