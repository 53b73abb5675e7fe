#!/usr/bin/env node
// Stands between Playwright and a stock Firefox: takes the arguments of Firefox, starts it (NODUS_FIREFOX), and offers its
// WebDriver BiDi at an address of its own. Playwright sends one command of the draft, for emulated media, that released
// versions of Firefox do not know, and gives up when it is refused; here it is answered as done. All else passes as it is.
import { spawn } from "node:child_process";
import { WebSocket, WebSocketServer } from "ws";
import { findFirefox } from "./engines.mjs";

const TOLERATED = "emulation.setMediaFeaturesOverride";
/** What Firefox says when it can be driven, and what Playwright waits for. */
const READY = /WebDriver BiDi listening on (ws:\/\/\S+)/;

const firefox = spawn(findFirefox() ?? "firefox", process.argv.slice(2), { stdio: ["ignore", "inherit", "pipe"] });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => firefox.kill(signal));
firefox.once("error", (error) => {
  console.error(error.message);
  process.exit(127);
});
firefox.once("exit", (code) => process.exit(code ?? 1));
firefox.stderr.setEncoding("utf8").on("data", (text) => {
  const address = READY.exec(text)?.[1];
  if (address === undefined) process.stderr.write(text);
  else offer(address);
});

function offer(address) {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
  server.on("connection", (near, { url }) => link(near, new WebSocket(address + url, { perMessageDeflate: false })));
  server.on("listening", () => {
    process.stderr.write(`WebDriver BiDi listening on ws://127.0.0.1:${server.address().port}\n`);
  });
}

function link(near, far) {
  const open = new Promise((done) => far.once("open", done));
  const tolerated = new Set();
  near.on("message", async (data) => {
    const text = String(data);
    if (text.includes(TOLERATED)) {
      const { id, method } = JSON.parse(text);
      if (method === TOLERATED) tolerated.add(id);
    }
    await open;
    far.send(text);
  });
  far.on("message", (data) => {
    const text = String(data);
    near.send(tolerated.size > 0 ? answered(text, tolerated) : text);
  });
  near.once("close", () => far.close());
  far.once("close", () => near.close());
  for (const end of [near, far]) end.on("error", (error) => console.error(error.message));
}

/** The message, or a success where it is the refusal of a command that may be refused. */
function answered(text, tolerated) {
  const message = JSON.parse(text);
  if (!tolerated.delete(message.id) || message.error !== "unknown command") return text;
  return JSON.stringify({ type: "success", id: message.id, result: {} });
}
