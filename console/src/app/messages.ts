import type app from "../../messages/en/app.json";
import type audit from "../../messages/en/audit.json";
import type decide from "../../messages/en/decide.json";
import type own from "../../messages/en/own.json";
import type people from "../../messages/en/people.json";
import type roles from "../../messages/en/roles.json";
import type settings from "../../messages/en/settings.json";
import type tree from "../../messages/en/tree.json";
import type { Language } from "./language.tsx";

/** All texts, by section; English says which there are. */
export interface Messages {
  app: typeof app;
  audit: typeof audit;
  decide: typeof decide;
  own: typeof own;
  people: typeof people;
  roles: typeof roles;
  settings: typeof settings;
  tree: typeof tree;
}
export type Section = keyof Messages;

declare module "use-intl" {
  interface AppConfig {
    Messages: Messages;
  }
}

const files = import.meta.glob<object>("../../messages/*/*.json", { import: "default" });
const loaded = new Map<string, Promise<object>>();

/** The texts of a section; loaded once. */
export function load(language: Language, section: Section): Promise<object> {
  const path = `../../messages/${language}/${section}.json`;
  let texts = loaded.get(path);
  if (!texts) {
    const file = files[path];
    if (!file) throw new Error(`${path} is missing`);
    texts = file();
    loaded.set(path, texts);
  }
  return texts;
}
