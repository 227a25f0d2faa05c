/** The clock of a server, moved by libfaketime; `build/require.sh faketime faketime` installs it. */

import { existsSync } from "node:fs";
import { mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A clock that goes on, so many minutes ahead. `settings` gives it to a server. */
export class MovedClock {
  readonly settings: Record<string, string>;
  private readonly folder: string;

  private constructor(settings: Record<string, string>, folder: string) {
    this.settings = settings;
    this.folder = folder;
  }

  static async start(): Promise<MovedClock> {
    const folder = await mkdtemp(join(tmpdir(), "portcullis-clock-"));
    const clock = new MovedClock(
      {
        LD_PRELOAD: await library(),
        FAKETIME_TIMESTAMP_FILE: join(folder, "ahead"),
        FAKETIME_NO_CACHE: "1",
        FAKETIME_DONT_FAKE_MONOTONIC: "1",
      },
      folder,
    );
    await clock.ahead(0);
    return clock;
  }

  /** So many minutes ahead of the real one, from the next look on. */
  async ahead(minutes: number) {
    // Nobody reads half of it.
    const next = join(this.folder, "next");
    await writeFile(next, `+${minutes * 60}\n`);
    await rename(next, join(this.folder, "ahead"));
  }

  async end() {
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function library(): Promise<string> {
  for (const folder of await readdir("/usr/lib")) {
    const path = join("/usr/lib", folder, "faketime/libfaketimeMT.so.1");
    if (existsSync(path)) return path;
  }
  throw new Error("libfaketime is missing; build/require.sh faketime faketime installs it");
}
