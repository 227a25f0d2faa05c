// Texts in the language of the page: those of the scripts, and what the answers of the server mean in it.
const { scripts, details } = JSON.parse(document.body.dataset.texts);
const language = document.documentElement.lang;

const fill = (template, values) => template.replace(/\{(\w+)\}/g, (hole, name) => values[name] ?? hole);

/** The text of this key, with values in its holes. */
export const text = (key, values = {}) => fill(scripts[key] ?? key, values);

const escaped = (part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** What the server says, as a pattern with a group for each hole. */
const patterns = Object.entries(details).map(([said, meant]) => {
  const names = [...said.matchAll(/\{(\w+)\}/g)].map((hole) => hole[1]);
  const pattern = said.split(/\{\w+\}/).map(escaped).join("(.+)");
  return { names, meant, pattern: new RegExp(`^${pattern}$`, "s") };
});

/** What the server says, in plain words of this language; undefined if there are none for it. */
export const plain = (said) => {
  for (const { names, meant, pattern } of patterns) {
    const found = pattern.exec(said);
    if (!found) continue;
    const values = names.map((name, at) => [name, plain(found[at + 1]) ?? found[at + 1]]);
    return fill(meant, Object.fromEntries(values));
  }
  return undefined;
};

/** So many seconds in words: whole minutes where they are many. */
export const duration = (seconds) => {
  const [count, unit] = seconds < 120 ? [seconds, "second"] : [Math.ceil(seconds / 60), "minute"];
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(count);
};

/** So many seconds as a clock shows them. */
export const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

/** A day as people of this language write it. */
export const day = (timestamp) =>
  new Intl.DateTimeFormat(language, { dateStyle: "long" }).format(new Date(timestamp));
