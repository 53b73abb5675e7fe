/** quality.md §4, scenario 4: a newer version while something is being written, in two tabs of the app itself. */
import { createServer, request, type Server } from "node:http";
import { connect } from "node:net";
import { expect, type Page, test } from "@playwright/test";
import { say } from "../../web/src/ui/words/sentences.ts";
import { mine } from "../../web/src/ui/words/sentences-self.ts";
import { cleanUp, start } from "../relay/process.ts";
import { newProfile, Person, sayGoodbye } from "./people.ts";

/** Another name of this machine: the node's own port can be had there too, so that its address is still its own. */
const HOST = "127.0.0.2";
const hosts: Server[] = [];

test.afterEach(async () => {
  await sayGoodbye();
  for (const host of hosts.splice(0)) host.close();
  await cleanUp();
});

/** Serves what the node serves, with a worker that is a newer one each time `release` was called. */
async function publisher(url: string): Promise<{ url: string; release(): void }> {
  const { port } = new URL(url);
  let version = 1;
  const server = createServer((asked, answer) => {
    const headers = { ...asked.headers, "accept-encoding": "identity" };
    const passed = request(`${url}${asked.url}`, { method: asked.method, headers }, (response) => {
      const worker = asked.url === "/sw.js";
      const { "content-length": _length, etag: _etag, ...rest } = response.headers;
      answer.writeHead(response.statusCode ?? 502, worker ? rest : response.headers);
      response.pipe(answer, { end: !worker });
      if (worker) response.on("end", () => answer.end(`\n// release ${version}\n`));
    });
    passed.on("error", () => answer.destroy());
    asked.pipe(passed);
  });
  server.on("upgrade", (asked, socket, head) => {
    const node = connect(Number(port), "127.0.0.1", () => {
      const lines = asked.rawHeaders.flatMap((name, at) => (at % 2 ? [] : [`${name}: ${asked.rawHeaders[at + 1]}`]));
      node.write(`GET ${asked.url} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
      node.write(head);
      node.pipe(socket).pipe(node);
    });
    for (const end of [node, socket]) end.on("error", () => end.destroy());
  });
  await new Promise<void>((done) => server.listen(Number(port), HOST, done));
  hosts.push(server);
  return {
    url: `http://${HOST}:${port}`,
    release: () => {
      version += 1;
    },
  };
}
const controlled = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => navigator.serviceWorker.controller !== null);
/** A mark that a reload takes away. */
const mark = (page: Page): Promise<void> => page.evaluate(() => void Object.assign(globalThis, { before: true }));
const marked = (page: Page): Promise<boolean> => page.evaluate(() => "before" in globalThis);

test("a newer version is told, starts only when asked to, in both tabs, and keeps what was being written", async () => {
  const relay = await start(["--peers", "4"]);
  const host = await publisher(relay.url);
  const ann = await Person.open(await newProfile("Ann"), host.url);
  await ann.begin();
  const benProfile = await newProfile("Ben");
  const ben = await ann.befriend((link) => Person.open(benProfile, link));
  await expect(ann.message("hello")).toBeVisible();
  await controlled(ann.page);
  const second = await ann.context.newPage();
  await second.goto(host.url);
  await controlled(second);
  for (const page of [ann.page, second]) await mark(page);

  const composer = ann.page.getByRole("textbox", { name: "Message" });
  await composer.fill("half a thou");
  host.release();
  await ann.page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
  for (const page of [ann.page, second]) await expect(page.getByText(mine.updateReady)).toBeVisible();
  await composer.pressSequentially("ght");
  expect([await marked(ann.page), await marked(second)], "nothing reloads by itself").toEqual([true, true]);

  await ann.page.getByRole("button", { name: say.reload }).click();
  for (const page of [ann.page, second]) {
    await expect.poll(() => marked(page).catch(() => true)).toBe(false);
    await expect(page.getByText(mine.updateReady)).toBeHidden();
  }
  await expect(ann.page.getByRole("textbox", { name: "Message" })).toHaveValue("half a thought");
  await ann.page.getByRole("textbox", { name: "Message" }).press("Enter");
  await expect(ben.message("half a thought")).toBeVisible();
  expect([...ann.faults, ...ben.faults]).toEqual([]);
});
