/**
 * The first view as a new user gets it: nothing in the browser's cache. Prints what came over the network, and the time
 * from the first request until the page says its title and answers to a click.
 */

import { PEOPLE, test } from "../e2e/support/test.ts";

const ROUNDS = 9;

test("first view", async ({ browser, server, enter, page }, info) => {
  await enter(PEOPLE.alice);
  const cookies = await page.context().storageState();
  const rounds: { bytes: number; shown: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const context = await browser.newContext({ storageState: cookies });
    const fresh = await context.newPage();
    const protocol = await context.newCDPSession(fresh);
    await protocol.send("Network.enable");
    let bytes = 0;
    protocol.on("Network.loadingFinished", ({ encodedDataLength }) => {
      bytes += encodedDataLength;
    });
    await fresh.addInitScript(() => {
      const look = () => {
        if (!document.querySelector("h1")) return requestAnimationFrame(look);
        // The frame after the one with the title: it is painted, and no task keeps clicks waiting.
        requestAnimationFrame(() =>
          setTimeout(() => document.body.setAttribute("data-shown", `${performance.now()}`)),
        );
      };
      requestAnimationFrame(look);
    });
    await fresh.goto(`${server.origin}/console/`);
    const shown = await fresh.locator("body[data-shown]").getAttribute("data-shown");
    await fresh.waitForLoadState("networkidle");
    rounds.push({ bytes, shown: Number(shown) });
    await context.close();
  }
  const times = rounds.map(({ shown }) => shown).sort((a, b) => a - b);
  const middle = times[Math.floor(ROUNDS / 2)] ?? 0;
  const kilobytes = Math.max(...rounds.map(({ bytes }) => bytes)) / 1000;
  process.stdout.write(
    `\nfirst view, ${info.project.name}: ${kilobytes.toFixed(1)} kB over the network; usable after ${middle.toFixed(0)} ms ` +
      `(median of ${ROUNDS}; worst ${(times.at(-1) ?? 0).toFixed(0)} ms)\n`,
  );
});
