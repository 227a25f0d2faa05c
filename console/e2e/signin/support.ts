/** What the tests of the sign-in pages share: an administrator, apps, authenticators, and where letters and texts go. */

import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "@playwright/test";
import { MailServer } from "../support/mail.ts";
import { test as base, expect, PEOPLE } from "../support/test.ts";
import { totp } from "../support/totp.ts";

export { Authenticator } from "../support/authenticator.ts";
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

/** An authenticator app. */
export class App {
  private readonly key: string;

  /** With the key as people type it. */
  constructor(key: string) {
    this.key = key;
  }

  /** The code of now, or of so many steps later. */
  code(later = 0): string {
    return totp(this.key, later);
  }
}

/** Takes letters and texts to phones (HTTP), and finds codes in them. */
export class Post {
  private readonly mail: MailServer;
  private readonly texts: string[] = [];
  private readonly phones: HttpServer = createHttpServer((request, answer) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      this.texts.push(body);
      answer.end();
    });
  });

  private constructor(mail: MailServer) {
    this.mail = mail;
  }

  static async open(): Promise<Post> {
    const post = new Post(await MailServer.start());
    await new Promise<void>((go) => post.phones.listen(0, "127.0.0.1", go));
    return post;
  }

  /** The settings of a server that sends here. */
  get settings(): Record<string, string> {
    const { port } = this.phones.address() as AddressInfo;
    return {
      ...this.mail.settings,
      PORTCULLIS_SMS_URL: `http://127.0.0.1:${port}/send`,
      PORTCULLIS_SMS_BODY: '{"to":"{to}","text":"{text}"}',
      PORTCULLIS_SMS_PRIVATE: "true",
    };
  }

  /** What this finds in the newest message of its kind in which it finds anything; waits for one not among `before`. */
  async find(pattern: RegExp, before: readonly string[] = []): Promise<string> {
    let messages: string[] = [];
    for (let tries = 0; tries < 400; tries++) {
      messages = await this.messages();
      const found = messages.filter((message) => !before.includes(message));
      const newest = found.flatMap((message) => pattern.exec(message)?.[1] ?? []).at(-1);
      if (newest !== undefined) return newest;
      await new Promise((go) => setTimeout(go, 50));
    }
    throw new Error(`nothing like ${pattern} in:\n${messages.join("\n---\n")}`);
  }

  /** What has come: letters, then texts, each in their order. */
  async messages(): Promise<string[]> {
    const letters = await this.mail.letters();
    return [...letters.map(({ subject, text }) => `${subject}\n${text}`), ...this.texts];
  }

  async close() {
    this.phones.close();
    await this.mail.end();
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
    await post.close();
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

/** As if it were another browser: no cookie is left, and no page that would notice. */
export async function forget(page: Page) {
  await page.goto("about:blank");
  await page.context().clearCookies();
}
