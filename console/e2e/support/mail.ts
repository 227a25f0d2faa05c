/** A mail server (aiosmtpd) that takes everything, and the letters that came; `build/require.sh python3-aiosmtpd aiosmtpd`. */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./server.ts";

export interface Letter {
  to: string;
  subject: string;
  text: string;
}

/** A mail server of its own. `settings` is what a server needs to send by it. */
export class MailServer {
  readonly settings: Record<string, string>;
  private readonly folder: string;
  private readonly process: ChildProcess;

  private constructor(settings: Record<string, string>, folder: string, process: ChildProcess) {
    this.settings = settings;
    this.folder = folder;
    this.process = process;
  }

  static async start(): Promise<MailServer> {
    const folder = await mkdtemp(join(tmpdir(), "portcullis-mail-"));
    const port = await freePort();
    const handler = ["-c", "aiosmtpd.handlers.Mailbox", join(folder, "mail")];
    const child = spawn("aiosmtpd", ["-n", "-l", `127.0.0.1:${port}`, ...handler], { stdio: "ignore" });
    const settings = {
      PORTCULLIS_MAIL_HOST: "127.0.0.1",
      PORTCULLIS_MAIL_PORT: String(port),
      PORTCULLIS_MAIL_TLS: "none",
      PORTCULLIS_MAIL_FROM: "Portcullis <id@example.com>",
    };
    const server = new MailServer(settings, folder, child);
    for (let tries = 0; tries < 400; tries++) {
      if (await answers(port)) return server;
      await pause(50);
    }
    await server.end();
    throw new Error("aiosmtpd did not start; build/require.sh python3-aiosmtpd aiosmtpd installs it");
  }

  /** All letters, oldest first. */
  async letters(): Promise<Letter[]> {
    const folder = join(this.folder, "mail", "new");
    const names = await readdir(folder).catch(() => []);
    const files = await Promise.all(
      names.map(async (name) => ({ path: join(folder, name), at: (await stat(join(folder, name))).mtimeMs })),
    );
    files.sort((one, other) => one.at - other.at);
    return Promise.all(files.map(async ({ path }) => read(await readFile(path, "utf8"))));
  }

  /** Waits for a letter to that address whose text or subject has that in it. */
  async letter(to: string, about: string | RegExp = ""): Promise<Letter> {
    for (let tries = 0; tries < 300; tries++) {
      const found = (await this.letters()).findLast(
        (letter) => letter.to.includes(to) && `${letter.subject}\n${letter.text}`.match(about),
      );
      if (found) return found;
      await pause(100);
    }
    throw new Error(`no letter came to ${to} about ${about}`);
  }

  async end() {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = new Promise((go) => this.process.once("exit", go));
      this.process.kill("SIGTERM");
      await ended;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The link with a secret that a letter has. */
export function link(letter: Letter): string {
  const found = letter.text.match(/https?:\/\/\S+#\S+/)?.[0];
  if (!found) throw new Error(`no link in: ${letter.text}`);
  return found;
}

function read(mail: string): Letter {
  const [head = "", ...body] = mail.replaceAll("\r\n", "\n").split("\n\n");
  const header = (name: string) =>
    head
      .replace(/\n[ \t]+/g, " ")
      .match(new RegExp(`^${name}: (.*)$`, "im"))?.[1]
      ?.trim() ?? "";
  const text = body.join("\n\n");
  const encoding = header("content-transfer-encoding").toLowerCase();
  return {
    to: header("to"),
    subject: header("subject"),
    text:
      encoding === "quoted-printable"
        ? quotedPrintable(text)
        : encoding === "base64"
          ? Buffer.from(text, "base64").toString("utf8")
          : text,
  };
}

/** RFC 2045, section 6.7. */
function quotedPrintable(text: string): string {
  const bytes = text
    .replaceAll("=\n", "")
    .replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}

function answers(port: number): Promise<boolean> {
  return new Promise((tell) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      tell(true);
    });
    socket.once("error", () => tell(false));
  });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((go) => setTimeout(go, milliseconds));
}
