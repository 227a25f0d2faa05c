/**
 * A tree of a million nodes in the browser: it is scrolled, opened, searched, and each request is timed.
 *
 * `MILLION_NODES` is another number of nodes. `MILLION_FOLDER` keeps the data there, and uses them again.
 */

import { execFile } from "node:child_process";
import { createWriteStream, existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import type { Page } from "@playwright/test";
import { APP_KEY, BINARY, Server } from "../e2e/support/server.ts";
import { expect, PEOPLE, test } from "../e2e/support/test.ts";
import { ROOT } from "../e2e/support/worlds.ts";
import { at, expectNode, line } from "../e2e/tree/tree.ts";

const NODES = Number(process.env.MILLION_NODES ?? 1_000_000);
/** Children of the one node that has most of them. */
const FLAT = NODES / 10;
/** Nodes below one region, itself included: a hundred companies of 99 contracts. */
const REGION = 1 + 100 * 100;
/** No request to open or scroll shall take longer, in milliseconds. */
const GOAL = 50;

test.use({
  server: async ({ browserName: _ }, use, info) => {
    info.skip(info.project.name !== "sqlite", "the world is made offline, in a folder");
    info.setTimeout(0);
    const kept = process.env.MILLION_FOLDER;
    const folder = kept ?? (await mkdtemp(join(tmpdir(), "portcullis-million-")));
    if (!existsSync(join(folder, "data"))) await fill(folder);
    const root = { INIT_ROOT_USERNAME: ROOT.username, INIT_ROOT_PASSWORD: ROOT.password };
    const server = await Server.start({ folder, database: undefined }, "serve", root);
    await use(server);
    await server.end();
    if (!kept) await rm(folder, { recursive: true, force: true });
  },
});

test("a million nodes", async ({ page, enter }) => {
  test.setTimeout(0);
  const timed = new Timed(page);
  await enter(PEOPLE.root, "/console/tree");
  await expect(line(page, "million")).toBeVisible();
  timed.part("open");
  for (const name of ["million", "flat"]) await open(page, name);
  timed.part("scroll");
  await line(page, "book-0000000").hover();
  for (let turn = 0; turn < 150; turn++) {
    await page.mouse.wheel(0, 800);
    await page.waitForTimeout(40);
  }
  timed.part("open");
  for (const path of ["/million/region-007/company-42/contract-13", `/million${"/level".repeat(40)}`]) {
    await page.goto(at(path));
    await expectNode(page, path);
    await expect(page.locator('.tree-line[aria-selected="true"]')).toBeInViewport();
  }
  timed.part("search");
  for (const text of ["contract-98", `book-${String(FLAT - 1).padStart(7, "0")}`, "nowhere"]) {
    await page.goto(`/console/tree?q=${text}`);
    await expect(page.getByText(/found/i).first()).toBeVisible();
  }
  await timed.tell();
});

async function open(page: Page, name: string) {
  await line(page, name).locator(".tree-chevron").click();
  await expect(line(page, name)).toHaveAttribute("aria-expanded", "true");
  await expect(page.getByRole("treeitem", { name: "Loading" })).toHaveCount(0);
}

/** The requests to the API, by what was done. */
class Timed {
  private doing = "begin";
  private readonly all: { doing: string; what: string; time: Promise<number> }[] = [];

  constructor(page: Page) {
    page.on("requestfinished", (request) => {
      const url = new URL(request.url());
      if (!url.pathname.startsWith("/api/")) return;
      const what = `${request.method()} ${decodeURIComponent(url.pathname)}${url.search}`;
      const time = request.response().then(() => {
        const { requestStart, responseEnd } = request.timing();
        return responseEnd - requestStart;
      });
      this.all.push({ doing: this.doing, what, time });
    });
  }

  part(doing: string) {
    this.doing = doing;
  }

  /** Prints what took how long. */
  async tell() {
    const told = await Promise.all(this.all.map(async (each) => ({ ...each, time: await each.time })));
    const lines = [...new Set(told.map(({ doing }) => doing))].flatMap((doing) => {
      const some = told.filter((each) => each.doing === doing).sort((a, b) => b.time - a.time);
      const middle = some[Math.floor(some.length / 2)]?.time ?? 0;
      const slowest = some
        .slice(0, 3)
        .map(({ time, what }) => `    ${time.toFixed(1)} ms  ${what.slice(0, 140)}`);
      return [
        `  ${doing}: ${some.length} requests, median ${middle.toFixed(1)} ms, the slowest:`,
        ...slowest,
      ];
    });
    const slow = told.filter(({ doing, time }) => doing !== "search" && time > GOAL).length;
    const goal = `  ${slow} requests to open and scroll took longer than ${GOAL} ms`;
    process.stdout.write(`\n${NODES} nodes\n${lines.join("\n")}\n${goal}\n`);
  }
}

/** The world, made offline by the command line, in files of a size that it takes. */
async function fill(folder: string) {
  const data = join(folder, "data");
  await mkdir(data, { recursive: true });
  await chmod(data, 0o700);
  const world = join(folder, "world.json");
  const env = { ...process.env, APP_KEY };
  const run = promisify(execFile);
  for (const part of parts(nodes())) {
    await pipeline(Readable.from(['{"nodes":[', part.join(",\n"), "]}"]), createWriteStream(world));
    // What was made is listed, a line for each.
    await run(BINARY, ["apply", "--data", data, "-f", world], { env, maxBuffer: 1 << 30 });
  }
  await rm(world);
}

/** So many nodes stand in one file. */
const PART = 200_000;

function* parts(all: Iterable<string>): Generator<string[]> {
  let part: string[] = [];
  for (const each of all) {
    if (part.push(each) < PART) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}

function* nodes(): Generator<string> {
  yield node("", "project");
  yield node("/flat", "shelf");
  for (let book = 0; book < FLAT; book++) yield node(`/flat/book-${padded(book, 7)}`, "book");
  for (let level = 1; level <= 40; level++) yield node("/level".repeat(level), "level");
  for (let region = 0; region < (NODES - FLAT) / REGION; region++) {
    const place = `/region-${padded(region, 3)}`;
    yield node(place, "region");
    for (let company = 0; company < 100; company++) {
      yield node(`${place}/company-${padded(company, 2)}`, "company");
      for (let contract = 0; contract < 99; contract++) {
        yield node(`${place}/company-${padded(company, 2)}/contract-${padded(contract, 2)}`, "contract");
      }
    }
  }
}

function node(path: string, kind: string): string {
  return `{"path":"/million${path}","kind":"${kind}"}`;
}

function padded(number: number, digits: number): string {
  return String(number).padStart(digits, "0");
}
