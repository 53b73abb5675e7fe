/** A process that attacks until its parent ends it: opens connections, keeps as many as it was told, and tells the count. */
import { connect, type Socket } from "node:net";
import process from "node:process";
import { type AttackName, attackNamed, type Target } from "./attacks.ts";

export interface Order {
  attack: AttackName;
  target: Target;
  /** The address that it comes from. */
  from: string;
  /** Connections that it wants to hold, and begins in a second. */
  sockets: number;
  perSecond: number;
}
export interface Tally {
  /** Connections asked for, come about, and over. */
  begun: number;
  opened: number;
  ended: number;
}

const STEP_MS = 50;
const SECOND_MS = 1_000;
/** How long a connection is kept that the other end has finished with. */
const LINGER_MS = 1_000;
const TELL_MS = 500;

process.once("message", ({ attack, target, from, sockets, perSecond }: Order) => {
  const { begin, goOn } = attackNamed(attack);
  const tally: Tally = { begun: 0, opened: 0, ended: 0 };
  const step = Math.ceil((perSecond * STEP_MS) / SECOND_MS);
  const open = new Set<Socket>();
  const all = new Set<Socket>();
  const one = (): void => {
    tally.begun++;
    const socket = connect({ host: target.host, port: target.port, localAddress: from, allowHalfOpen: true });
    all.add(socket);
    socket.on("error", () => undefined); // refused, reset: the next one will do
    socket.once("connect", () => {
      tally.opened++;
      open.add(socket);
      begin(socket, target);
    });
    socket.once("end", () => setTimeout(() => socket.destroy(), LINGER_MS));
    socket.once("close", () => {
      tally.ended++;
      all.delete(socket);
      open.delete(socket);
    });
  };
  setInterval(() => {
    if (goOn) for (const socket of open) if (socket.writable) goOn(socket, target);
    for (let begun = 0; begun < step && all.size < sockets; begun++) one();
  }, STEP_MS);
  setInterval(() => process.send?.(tally), TELL_MS);
});
process.once("disconnect", () => process.exit(0));
process.send?.("ready");
