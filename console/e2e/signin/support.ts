/** What the tests of the sign-in pages share: an administrator, apps, authenticators, and where letters and texts go. */

import { createHmac } from "node:crypto";
import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import { type AddressInfo, createServer, type Server as TcpServer } from "node:net";
import type { CDPSession, Page } from "@playwright/test";
import { test as base, expect, PEOPLE } from "../support/test.ts";

export { expect };

/** The password of every user that is made here. */
export const PASSWORD = "seven grey geese fly";
/** What nobody may see run or lose. */
export const HOSTILE = '<img src=x onerror="alert(1)"><script>alert(1)</script>"\'`{{7*7}}\u0000\u202e\u0007';

/** The superuser of the world `empty`, over the API. */
export class Admin {
  private readonly origin: string;
  private readonly token: string;

  private constructor(origin: string, token: string) {
    this.origin = origin;
    this.token = token;
  }

  static async at(origin: string): Promise<Admin> {
    const { username, realm, password } = PEOPLE.root;
    const input = { type: "password", realm, authentication_id: username, secret: password };
    const answer = await send(origin, "POST", "/auth/login", input);
    return new Admin(origin, text(answer, "access_token"));
  }

  /** Asks, and gives back what was answered; anything but 2xx is an error. */
  ask(method: string, path: string, input?: unknown): Promise<Record<string, unknown>> {
    return send(this.origin, method, path, input, this.token);
  }

  /** A user of `main`. */
  async user(username: string, more: Record<string, unknown> = {}) {
    await this.ask("POST", "/api/v1/realms/main/users", { username, password: PASSWORD, ...more });
  }

  set(section: string, values: Record<string, unknown>) {
    return this.ask("PUT", `/api/v1/settings/${section}`, values);
  }

  /** Somebody, as the API answers his sign-in. */
  signIn(username: string, password = PASSWORD) {
    const input = { type: "password", realm: "main", authentication_id: username, secret: password };
    return send(this.origin, "POST", "/auth/login", input);
  }

  /** An app of a user, made over the API, with its recovery codes. */
  async app(username: string): Promise<{ app: App; codes: string[] }> {
    const token = text(await this.signIn(username), "access_token");
    const made = await send(this.origin, "POST", "/auth/factors", { type: "totp" }, token);
    const app = new App(text(made, "key"));
    const confirm = `/auth/factors/${text(made, "id")}/confirm`;
    // A code is good once, so the first one is of the step before: the page gets that of now.
    const told = await send(this.origin, "POST", confirm, { code: app.code(-1) }, token);
    return { app, codes: told.recovery_codes as string[] };
  }
}

async function send(origin: string, method: string, path: string, input?: unknown, token?: string) {
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (token) headers.authorization = `Bearer ${token}`;
  const body = input === undefined ? null : JSON.stringify(input);
  const answer = await fetch(origin + path, { method, headers, body });
  const told = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${told}`);
  return (told ? JSON.parse(told) : {}) as Record<string, unknown>;
}

function text(answer: Record<string, unknown>, name: string): string {
  const found = answer[name];
  if (typeof found !== "string") throw new Error(`no ${name} in ${JSON.stringify(answer)}`);
  return found;
}

/** An authenticator app (RFC 6238). */
export class App {
  private readonly secret: Buffer;

  /** With the key as people type it. */
  constructor(key: string) {
    const bits = [...key.replace(/\s/g, "")].map((digit) =>
      "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(digit).toString(2).padStart(5, "0"),
    );
    const bytes = bits.join("").match(/.{8}/g) ?? [];
    this.secret = Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
  }

  /** The code of now, or of so many steps later. */
  code(later = 0): string {
    const step = Buffer.alloc(8);
    step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
    const tag = createHmac("sha1", this.secret).update(step).digest();
    const number = tag.readUInt32BE((tag.at(-1) ?? 0) & 0x0f) & 0x7fff_ffff;
    return String(number % 1_000_000).padStart(6, "0");
  }
}

/** A virtual authenticator in the machine. It verifies its user, who says yes, until it is told otherwise. */
export class Authenticator {
  private readonly session: CDPSession;
  private readonly id: string;

  private constructor(session: CDPSession, id: string) {
    this.session = session;
    this.id = id;
  }

  static async in(page: Page): Promise<Authenticator> {
    const session = await page.context().newCDPSession(page);
    await session.send("WebAuthn.enable");
    const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    return new Authenticator(session, authenticatorId);
  }

  /** Whether it is the right finger from now on. */
  verifies(isUserVerified: boolean) {
    return this.session.send("WebAuthn.setUserVerified", { authenticatorId: this.id, isUserVerified });
  }

  /** Whether its user says yes by himself. */
  saysYes(enabled: boolean) {
    return this.session.send("WebAuthn.setAutomaticPresenceSimulation", {
      authenticatorId: this.id,
      enabled,
    });
  }

  async count(): Promise<number> {
    const { credentials } = await this.session.send("WebAuthn.getCredentials", { authenticatorId: this.id });
    return credentials.length;
  }
}

/** A letter without the encoding that long lines have on their way (RFC 2045, section 6.7). */
function decoded(letter: string): string {
  if (!/^Content-Transfer-Encoding: quoted-printable/im.test(letter)) return letter;
  const whole = letter.replace(/=\r\n/g, "");
  return whole.replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Takes letters (SMTP) and texts to phones (HTTP), and finds codes in them. */
export class Post {
  private readonly messages: string[] = [];
  private readonly mail: TcpServer = createServer((socket) => {
    let data = "";
    let isBody = false;
    const say = (line: string) => socket.write(`${line}\r\n`);
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk) => {
      data += chunk.toString();
      for (let end = data.indexOf("\r\n"); end >= 0; end = data.indexOf("\r\n")) {
        const line = data.slice(0, end);
        if (isBody) {
          const whole = data.indexOf("\r\n.\r\n");
          if (whole < 0) return;
          this.messages.push(decoded(data.slice(0, whole)));
          data = data.slice(whole + 5);
          isBody = false;
          say("250 taken");
          continue;
        }
        data = data.slice(end + 2);
        if (/^DATA$/i.test(line)) {
          isBody = true;
          say("354 go on");
        } else if (/^QUIT$/i.test(line)) say("221 bye");
        else say("250 ok");
      }
    });
    say("220 here");
  });
  private readonly phones: HttpServer = createHttpServer((request, answer) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      this.messages.push(body);
      answer.end();
    });
  });

  static async open(): Promise<Post> {
    const post = new Post();
    for (const server of [post.mail, post.phones]) {
      await new Promise<void>((go) => server.listen(0, "127.0.0.1", go));
    }
    return post;
  }

  /** The settings of a server that sends here. */
  get settings(): Record<string, string> {
    const port = (server: TcpServer) => (server.address() as AddressInfo).port;
    return {
      PORTCULLIS_MAIL_HOST: "127.0.0.1",
      PORTCULLIS_MAIL_PORT: String(port(this.mail)),
      PORTCULLIS_MAIL_TLS: "none",
      PORTCULLIS_MAIL_FROM: "Example <id@example.com>",
      PORTCULLIS_SMS_URL: `http://127.0.0.1:${port(this.phones)}/send`,
      PORTCULLIS_SMS_BODY: '{"to":"{to}","text":"{text}"}',
      PORTCULLIS_SMS_PRIVATE: "true",
    };
  }

  /** What this finds in the newest message in which it finds anything; waits for one after `before` messages. */
  async find(pattern: RegExp, before = 0): Promise<string> {
    for (let tries = 0; tries < 400; tries++) {
      const found = this.messages.slice(before).flatMap((message) => pattern.exec(message)?.[1] ?? []);
      const newest = found.at(-1);
      if (newest !== undefined) return newest;
      await new Promise((go) => setTimeout(go, 50));
    }
    throw new Error(`nothing like ${pattern} in:\n${this.messages.join("\n---\n")}`);
  }

  /** How many messages have come. */
  get count(): number {
    return this.messages.length;
  }

  close() {
    this.mail.close();
    this.phones.close();
  }
}

/** The name of the field where people say who they are. */
export const NAME = "User name or e-mail address";

/** A field of the step that is shown. */
export const field = (page: Page, name: string) => page.getByRole("textbox", { name, exact: true });

/** What the page says, beside what it says to screen readers alone. */
export const said = (page: Page, words: string | RegExp) =>
  page.getByText(words).and(page.locator(":not(#status):visible"));

interface Fixtures {
  /** The superuser of the world `empty`. */
  admin: Admin;
  /** Fills the first step, and sends it. */
  type(username: string, password?: string): Promise<void>;
  /** The page has arrived where it was to lead. */
  arrive(path?: string): Promise<void>;
  /** Who the browser is, as the API says; undefined: nobody. */
  me(): Promise<{ username: string; session: { method: string } } | undefined>;
}

export const test = base.extend<Fixtures & { post: Post }>({
  world: "empty",
  post: async ({ playwright: _ }, use) => {
    const post = await Post.open();
    await use(post);
    post.close();
  },
  admin: async ({ server }, use) => use(await Admin.at(server.origin)),
  type: async ({ page }, use) =>
    use(async (username, password = PASSWORD) => {
      await field(page, NAME).fill(username);
      await field(page, "Password").fill(password);
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
    }),
  arrive: async ({ page, server }, use) =>
    use((path = "/console/") =>
      page.waitForURL((url) => url.href.startsWith(server.origin + path), { waitUntil: "commit" }),
    ),
  me: async ({ page }, use) =>
    use(async () => {
      const answer = await page.request.get("/auth/me");
      return answer.ok() ? await answer.json() : undefined;
    }),
});
