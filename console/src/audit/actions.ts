import texts from "../../messages/en/audit.json";

/** The operations that have words, by the names that the log has for them. */
export const ACTIONS: readonly string[] = Object.keys(texts.action).map((key) => key.replaceAll("-", "."));
