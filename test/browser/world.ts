/**
 * A network in which time passes: bootstrap nodes and people, all with their clocks shifted by the same. To let time pass
 * every process is started anew: network time would undo one shift alone.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "@playwright/test";
import { coreOf } from "../../web/src/adapters/core.ts";
import { cardAddress } from "../../web/src/chat/card.ts";
import type { IdentityId } from "../../web/src/chat/identity.ts";
import { freePorts, type Running, start } from "../relay/process.ts";
import { Person, type Profile } from "./people.ts";

const core = coreOf(readFileSync(new URL("../../core-wasm/pkg/nodus_core_bg.wasm", import.meta.url)));

export class World {
  readonly #args: readonly string[];
  readonly #stores: readonly string[];
  readonly #open = new Set<Person>();
  #relay: Running;
  #shift = 0;

  private constructor(relay: Running, peers: number) {
    this.#relay = relay;
    this.#args = ["--peers", String(peers)];
    const folders = [relay.data, ...Array.from({ length: peers }, (_, at) => join(relay.data, `peer-${at + 1}`))];
    this.#stores = folders.map((folder) => join(folder, "store.db"));
  }
  static async begin(peers = 4): Promise<World> {
    const port = String(await freePorts(1 + peers));
    return new World(await start(["--peers", String(peers), "--port", port]), peers);
  }

  get url(): string {
    return this.#relay.url;
  }
  /** For whoever is opened by other ways than `enter`. */
  get levers(): { wallOffset: number } {
    return { wallOffset: this.#shift };
  }
  /** `skew`: how far off this person's clock is. */
  async enter(profile: Profile, { url = this.url, skew = 0 } = {}): Promise<Person> {
    const person = await Person.open(profile, url, { wallOffset: this.#shift + skew });
    this.#open.add(person);
    return person;
  }
  async leave(): Promise<void> {
    for (const person of this.#open) {
      expect(person.faults).toEqual([]);
      await person.close();
    }
    this.#open.clear();
  }
  /** Of each node that keeps any card of this identity (hex), how many: the last two that were published. */
  cards(identity: string): number[] {
    const address = Buffer.from(cardAddress(core, Buffer.from(identity, "hex") as Uint8Array as IdentityId)).toString(
      "hex",
    );
    const counts = this.#stores.filter(existsSync).map((store) => {
      const database = new DatabaseSync(store, { readOnly: true });
      const { length } = database.prepare("SELECT key FROM entries WHERE key LIKE ?").all(`cell/${address}/%`);
      database.close();
      return length;
    });
    return counts.filter((count) => count > 0);
  }
  /** Everybody leaves, the nodes too, and is back so much later. */
  async pass(ms: number): Promise<void> {
    await this.leave();
    this.#shift += ms;
    const { url, data } = this.#relay;
    await this.#relay.stop();
    const same = ["--port", new URL(url).port, "--data", data];
    const shifted = { NODUS_UNSAFE_TESTING: JSON.stringify(this.levers) };
    this.#relay = await start([...this.#args, ...same], shifted);
  }
}
