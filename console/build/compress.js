// Writes each file of the build a second and a third time, compressed: the server sends what the browser takes.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const folder = new URL("../built/pages/", import.meta.url).pathname;
const compressible = /\.(js|css|svg|html|json)$/;

for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
  // The page itself has a value in it that is new with each answer.
  if (!entry.isFile() || !compressible.test(entry.name) || entry.name === "index.html") continue;
  const path = join(entry.parentPath, entry.name);
  const text = await readFile(path);
  await writeFile(`${path}.gz`, gzipSync(text, { level: 9 }));
  await writeFile(
    `${path}.br`,
    brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
  );
}
