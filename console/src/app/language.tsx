import { createContext, type ReactNode, use, useEffect, useMemo, useState } from "react";
import { IntlProvider } from "use-intl";
import { load, type Messages, type Section } from "./messages.ts";

/** The languages that there are texts in, each by its own name. */
export const LANGUAGES = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof LANGUAGES;

/** The cookie with the language that was chosen; the sign-in pages read and write the same. */
const COOKIE = "portcullis-language";

interface Choice {
  language: Language;
  choose(language: Language): void;
}
const Chosen = createContext<Choice | undefined>(undefined);

/** The language, and how to change it. */
export function useLanguage(): Choice {
  const choice = use(Chosen);
  if (!choice) throw new Error("useLanguage stands outside of LanguageProvider");
  return choice;
}

/** Texts and formats in the language of the user, for all that is inside. */
export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(first);
  const choice = useMemo(() => ({ language, choose: setLanguage }), [language]);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const choose = (chosen: Language) => {
    // biome-ignore lint/suspicious/noDocumentCookie: the sign-in pages read it on the server; CookieStore is not in all browsers.
    document.cookie = `${COOKIE}=${chosen}; Path=/; Max-Age=31536000; SameSite=Lax`;
    choice.choose(chosen);
  };
  return (
    <Chosen value={{ language, choose }}>
      <Texts section="app">{children}</Texts>
    </Chosen>
  );
}

/** The texts of a section, beside those around it. */
export function Texts({ section, children }: { section: Section; children: ReactNode }) {
  const { language } = useLanguage();
  const messages = use(load(language, section));
  const outer = use(Outer);
  const all = useMemo(() => ({ ...outer, [section]: messages }) as Messages, [outer, section, messages]);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <Outer value={all}>
      <IntlProvider locale={language} messages={all} timeZone={zone}>
        {children}
      </IntlProvider>
    </Outer>
  );
}
const Outer = createContext<Partial<Messages>>({});

function first(): Language {
  const chosen = document.cookie.match(new RegExp(`(?:^|; )${COOKIE}=([a-z]+)`))?.[1];
  const wanted = chosen ? [chosen] : navigator.languages.map((language) => language.slice(0, 2));
  return wanted.find(isLanguage) ?? "en";
}

function isLanguage(text: string): text is Language {
  return Object.hasOwn(LANGUAGES, text);
}
