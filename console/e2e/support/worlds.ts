/** Makes the worlds that tests begin with, once for a run: a copy costs less than a start. */

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FullConfig } from "@playwright/test";
import { type Backend, place, Server, template, type World } from "./server.ts";

/** The first superuser of a world without people. */
export const ROOT = { username: "root", realm: "main", password: "correct horse battery" };

export default async function make(config: FullConfig) {
  const folder = await mkdtemp(join(tmpdir(), "portcullis-worlds-"));
  process.env.PORTCULLIS_WORLDS = folder;
  const backends = new Set(config.projects.map(({ metadata }) => metadata.database as Backend));
  for (const backend of backends) {
    for (const world of ["demo", "empty", "nothing"] as const) await makeOne(backend, world);
  }
  return () => rm(folder, { recursive: true, force: true });
}

async function makeOne(backend: Backend, world: World) {
  const { folder, database } = template(backend, world);
  await mkdir(folder);
  const data = await place(folder, database);
  const root = { INIT_ROOT_USERNAME: ROOT.username, INIT_ROOT_PASSWORD: ROOT.password };
  if (world === "nothing") return;
  const server = await Server.start(data, world === "demo" ? "demo" : "serve", world === "demo" ? {} : root);
  await server.end();
}
