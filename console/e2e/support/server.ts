/** The real program, on a database of its own. */

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

const repository = new URL("../../..", import.meta.url).pathname;
const target = resolve(repository, process.env.CARGO_TARGET_DIR ?? "target");
/** The program that is tested: `PORTCULLIS_BINARY`, else the one that `cargo build` made. */
export const BINARY = process.env.PORTCULLIS_BINARY ?? join(target, "debug/portcullis");
/** Wraps the keys of every server here, so that a copy of a database can be opened. */
const APP_KEY = "c2V2ZW50ZWVuIGdyZWVuIGJvdHRsZXMgaGFuZ2luZyBvbg==";

export type Backend = "sqlite" | "postgres";

/** What a new server starts from: `demo` is the demonstration world, `empty` has the superuser `root` alone. */
export type World = "demo" | "empty" | "nothing";

/** Data that servers are made from; the folder is all of it with SQLite. */
export interface Data {
  folder: string;
  /** Name of the database, with PostgreSQL. */
  database: string | undefined;
}

/** Where the templates of this run are. */
export function template(backend: Backend, world: World): Data {
  const folder = process.env.PORTCULLIS_WORLDS;
  if (!folder) throw new Error("the global setup did not run");
  const database = backend === "postgres" ? `template_${world}` : undefined;
  return { folder: join(folder, `${backend}-${world}`), database };
}

/** A running server. */
export class Server {
  /** Where users find it: `http://localhost:40123`. */
  readonly origin: string;
  readonly data: Data;
  private readonly process: ChildProcess;
  private said = "";

  private constructor(origin: string, data: Data, process: ChildProcess) {
    this.origin = origin;
    this.data = data;
    this.process = process;
    for (const stream of [process.stdout, process.stderr]) {
      stream?.on("data", (text) => {
        this.said += text;
      });
    }
  }

  /** A server on a copy of that world, with settings as environment: `{ PORTCULLIS_MAIL_HOST: "..." }`. */
  static async on(backend: Backend, world: World, settings: Record<string, string> = {}): Promise<Server> {
    const data = await copy(template(backend, world));
    return Server.start(data, "serve", settings);
  }

  static async start(
    data: Data,
    command: "serve" | "demo",
    settings: Record<string, string>,
  ): Promise<Server> {
    const port = await freePort();
    const origin = `http://localhost:${port}`;
    const database = data.database ? { PORTCULLIS_DATABASE: addressOf(data.database) } : {};
    const child = spawn(BINARY, [command, "--data", join(data.folder, "data")], {
      cwd: data.folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        PORTCULLIS_BIND: `127.0.0.1:${port}`,
        PORTCULLIS_PUBLIC_ADDRESS: origin,
        APP_KEY,
        ...database,
        ...settings,
      },
    });
    const server = new Server(origin, data, child);
    await server.ready();
    return server;
  }

  /** What this finds in what the program has printed. */
  printed(pattern: RegExp): string {
    const found = pattern.exec(this.said)?.[1];
    if (found === undefined) throw new Error(`nothing like ${pattern} in:\n${this.said}`);
    return found;
  }

  private async ready() {
    for (let tries = 0; tries < 600; tries++) {
      if (this.process.exitCode !== null) break;
      const answer = await fetch(`${this.origin}/readyz`).catch(() => undefined);
      if (answer?.ok) return;
      await new Promise((go) => setTimeout(go, 50));
    }
    await this.end();
    throw new Error(`the server did not start:\n${this.said}`);
  }

  /** Ends the program; the data stays. */
  async end() {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = new Promise((go) => this.process.once("exit", go));
      this.process.kill("SIGTERM");
      await ended;
    }
  }

  /** Ends it and removes its data. */
  async remove() {
    await this.end();
    await rm(this.data.folder, { recursive: true, force: true });
    if (this.data.database) await psql(`DROP DATABASE IF EXISTS ${this.data.database}`);
  }
}

/** An empty place for the data of a server. */
export async function place(folder: string, database: string | undefined): Promise<Data> {
  if (database) await psql(`CREATE DATABASE ${database}`);
  return { folder, database };
}

async function copy(from: Data): Promise<Data> {
  const folder = await mkdtemp(join(tmpdir(), "portcullis-e2e-"));
  // The socket of a server that has ended is no part of its data.
  await cp(from.folder, folder, { recursive: true, filter: (path) => !path.endsWith("control.sock") });
  if (!from.database) return { folder, database: undefined };
  const database = `e2e_${randomBytes(6).toString("hex")}`;
  await psql(`CREATE DATABASE ${database} TEMPLATE ${from.database}`);
  return { folder, database };
}

/** The cluster of this run, as `with-postgres` names it. */
function cluster(): URL {
  const address = process.env.PORTCULLIS_TEST_POSTGRES;
  if (!address) throw new Error("run under target/debug/with-postgres");
  return new URL(address);
}

function addressOf(database: string): string {
  const address = cluster();
  address.pathname = `/${database}`;
  return address.href;
}

async function psql(command: string) {
  await run("psql", [
    "--no-psqlrc",
    "--quiet",
    "--set=ON_ERROR_STOP=1",
    "--command",
    command,
    cluster().href,
  ]);
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((go) => server.listen(0, "127.0.0.1", go));
  const address = server.address();
  await new Promise((go) => server.close(go));
  if (address === null || typeof address === "string") throw new Error("no port is free");
  return address.port;
}
