import { List, Text, ThemeIcon, VisuallyHidden } from "@mantine/core";
import { IconCheck, IconCircle } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { api, type Schema } from "~/api/client.ts";
import { useMe } from "~/app/session.ts";

type Rules = Schema<"PasswordPolicy">;
interface Rule {
  text: string;
  /** Whether what was typed keeps it; absent: only the server can tell. */
  isKept?: boolean;
}

/** What a new password must be like, in words, and what of it is kept already. */
export function Policy({ password }: { password: string }) {
  const t = useTranslations("own.policy");
  const rules = useRules(password);
  return (
    <div>
      <Text size="sm" mb={4}>
        {t("title")}
      </Text>
      <List size="sm" spacing={4} center listStyleType="none">
        {rules.map(({ text, isKept }) => (
          <List.Item
            key={text}
            icon={
              <ThemeIcon
                size={18}
                radius="xl"
                variant={isKept ? "filled" : "light"}
                color={isKept ? "green" : "gray"}
              >
                {isKept ? <IconCheck size={12} aria-hidden /> : <IconCircle size={10} aria-hidden />}
              </ThemeIcon>
            }
          >
            {text}
            {isKept && <VisuallyHidden> {t("kept")}</VisuallyHidden>}
          </List.Item>
        ))}
      </List>
    </div>
  );
}

function useRules(password: string): readonly Rule[] {
  const t = useTranslations("own.policy");
  const me = useMe();
  const { data: policy } = api.useQuery("get", "/auth/password/policy");
  if (!policy) return [];
  const text = password.normalize("NFC");
  const length = [...text].length;
  const has = (kind: RegExp) => kind.test(text);
  const complexity = kinds(policy, text);
  const expires = policy.valid_days;
  return [
    { text: t("atLeast", { count: policy.min_length }), isKept: length >= policy.min_length },
    ...(length > policy.max_length ? [{ text: t("atMost", { count: policy.max_length }) }] : []),
    ...(complexity ? [{ text: t(`kinds.${complexity.word}`), isKept: complexity.isKept }] : []),
    ...(policy.require_uppercase ? [{ text: t("uppercase"), isKept: has(/\p{Lu}/u) }] : []),
    ...(policy.require_number ? [{ text: t("number"), isKept: has(/\p{N}/u) }] : []),
    ...(policy.require_special ? [{ text: t("special"), isKept: has(/[^\p{L}\p{N}]/u) }] : []),
    ...(policy.refuse_names
      ? [{ text: t("names"), isKept: text !== "" && !holdsName(text, [me.username, me.email, me.full_name]) }]
      : []),
    ...(policy.min_score > 0 ? [{ text: t("hard") }] : []),
    { text: policy.history > 1 ? t("history", { count: policy.history }) : t("notSame") },
    ...(expires > 0 ? [{ text: t("expires", { count: expires }) }] : []),
  ];
}

const WORDS = [
  "letters_and_digits",
  "letters_digits_and_symbols",
  "digits_upper_and_lower",
  "all_four",
  "three_of_four",
] as const;

/** The kinds of characters that are asked for, as `password.complexity` names them. */
function kinds(policy: Rules, text: string) {
  const word = WORDS.find((one) => one === policy.complexity);
  if (!word) return undefined;
  const [letter, digit] = [/\p{L}/u.test(text), /\p{N}/u.test(text)];
  const [upper, lower] = [/\p{Lu}/u.test(text), /\p{Ll}/u.test(text)];
  const symbol = /[^\p{L}\p{N}]/u.test(text);
  const isKept = {
    letters_and_digits: letter && digit,
    letters_digits_and_symbols: letter && digit && symbol,
    digits_upper_and_lower: digit && upper && lower,
    all_four: digit && upper && lower && symbol,
    three_of_four: [digit, upper, lower, symbol].filter(Boolean).length >= 3,
  }[word];
  return { word, isKept };
}

/** Whether a name, the first part of an address or a word of the full name is in it, from three characters on. */
function holdsName(text: string, names: readonly (string | null | undefined)[]): boolean {
  const typed = text.toLowerCase();
  return names
    .flatMap((name) => {
      const local = (name ?? "").split("@")[0] ?? "";
      return [local, ...local.split(/\s+/)];
    })
    .map((part) => part.normalize("NFC").toLowerCase())
    .some((part) => [...part].length >= 3 && typed.includes(part));
}
