// Every text stands in every language, with the same placeholders.
import { readdir, readFile } from "node:fs/promises";

const folder = new URL("../messages/", import.meta.url);
const languages = (await readdir(folder)).filter((name) => name !== "en");
const faults = [];

for (const file of await readdir(new URL("en/", folder))) {
  const english = await texts("en", file);
  for (const language of languages) {
    const other = await texts(language, file);
    for (const key of new Set([...english.keys(), ...other.keys()])) {
      const [ours, theirs] = [english.get(key), other.get(key)];
      if (ours === undefined || theirs === undefined) {
        faults.push(`${language}/${file}: ${key} stands in one language alone`);
      } else if (placeholders(ours) !== placeholders(theirs)) {
        faults.push(`${language}/${file}: ${key} has other placeholders than in English`);
      }
    }
  }
}
for (const fault of faults) process.stderr.write(`${fault}\n`);
process.exit(faults.length > 0 ? 1 : 0);

async function texts(language, file) {
  const found = new Map();
  collect(JSON.parse(await readFile(new URL(`${language}/${file}`, folder), "utf8")), "", found);
  return found;
}

function collect(value, key, found) {
  if (typeof value === "string") return found.set(key, value);
  for (const [name, inner] of Object.entries(value)) collect(inner, key ? `${key}.${name}` : name, found);
}

/** `{name}` and `{count, plural, ...}`, not the texts that such a choice is between. */
function placeholders(text) {
  const names = /(?<!(?:=\d+|zero|one|two|few|many|other)\s*)\{(\w+)\s*[,}]/g;
  return [...new Set([...text.matchAll(names)].map(([, name]) => name))].sort().join();
}
