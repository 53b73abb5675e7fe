/**
 * What the data at rest promises, as one suite: memory and IndexedDB pass the same lines. Killed at each of its accesses to
 * the disk, nothing is lost and nothing is half there. Runs in Node and in a browser, so it knows neither.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Rest } from "#adapters/rest.ts";
import { type Disk, KINDS, partNumber } from "#adapters/rest-disk.ts";
import type { RestVault } from "#adapters/rest-vault.ts";
import { Fault } from "#node/errors.ts";
import type { Change } from "#node/ports.ts";
import { MortalDisk } from "./mortal-disk.ts";

export interface RestPlace {
  network: string;
  /** The same databases each time. */
  disk(): Disk;
  clear(): Promise<void>;
  /** Whole again, empty: between two rounds of one test. */
  anew(): Promise<void>;
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const put = (key: string, text: string): Change => ({ key, value: utf8(text) });
const gone = (key: string): Change => ({ key, value: undefined });
const faultOf = async (work: Promise<unknown>): Promise<string | undefined> => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error !== undefined && !(error instanceof Fault)) throw error;
  return error?.code;
};
const all = async (vault: RestVault, prefix = ""): Promise<Record<string, string | undefined>> => {
  const found: Record<string, string | undefined> = {};
  for await (const { key, value } of vault.range(prefix)) found[key] = value && new TextDecoder().decode(value);
  return found;
};

export const vaultContract = (name: string, place: () => RestPlace): void => {
  describe(`data at rest: ${name}`, () => {
    let here: RestPlace;
    const opened: Rest[] = [];
    beforeEach(() => {
      here = place();
    });
    afterEach(async () => {
      for (const rest of opened.splice(0)) {
        await rest.tidied;
        await rest.close();
      }
      await here.clear();
    });
    const lead = async (disk: Disk = here.disk(), leads = () => true): Promise<RestVault> => {
      const rest = new Rest(disk, here.network);
      opened.push(rest);
      const vault = await rest.open(await rest.raise(leads), () => undefined);
      if (vault === undefined) throw new Error("not opened");
      return vault;
    };
    /** The next start: nobody holds the disk any more. */
    const reopen = async (): Promise<RestVault> => {
      for (const rest of opened.splice(0)) {
        await rest.tidied;
        await rest.close();
      }
      return lead();
    };

    it("gives back what was saved in both parts, also after a restart", async () => {
      const vault = await lead();
      await vault.save([put("chat/1", "state"), put("text/1/0000000001", "hello"), put("me", "who")]);
      const kept = { "chat/1": "state", me: "who", "text/1/0000000001": "hello" };
      expect(await all(vault)).toEqual(kept);
      expect(await vault.load("text/1/0000000001")).toEqual(utf8("hello"));
      const next = await reopen();
      expect(await all(next)).toEqual(kept);
      await next.save([gone("text/1/0000000001"), put("chat/1", "after")]);
      expect(await all(next, "text/")).toEqual({});
      expect(await all(await reopen())).toEqual({ "chat/1": "after", me: "who" });
    });

    it("lands many saves at once in the order of their calls, in both parts", async () => {
      const vault = await lead();
      const saves = Array.from({ length: 40 }, (_, at) =>
        vault.save([put("chat/1", `${at}`), put("text/1/0000000001", `${at}`), put(`text/2/${at}`, `${at}`)]),
      );
      await Promise.all(saves);
      const check = async (open: RestVault): Promise<void> => {
        expect((await all(open, "chat/"))["chat/1"]).toBe("39");
        expect(await open.load("text/1/0000000001")).toEqual(utf8("39"));
        expect(Object.keys(await all(open, "text/2/"))).toHaveLength(40);
      };
      await check(vault);
      await check(await reopen());
    });

    it("shares no bytes with its callers", async () => {
      const vault = await lead();
      const value = utf8("abc");
      const saved = vault.save([{ key: "text/1/1", value }]);
      value[0] = 9;
      await saved;
      const first = await vault.load("text/1/1");
      if (first !== undefined) first[1] = 9;
      expect(await vault.load("text/1/1")).toEqual(utf8("abc"));
    });

    it("is the same after each part was made anew, and nothing of the part before stays", async () => {
      const vault = await lead();
      await vault.save([put("me", "who"), put("text/1/1", "hello"), put("text/1/2", "there")]);
      const before = await here.disk().names();
      for (const kind of KINDS) await vault.renew(kind);
      await vault.save([put("chat/1", "later"), gone("text/1/1")]);
      const kept = { "chat/1": "later", me: "who", "text/1/2": "there" };
      expect(await all(vault)).toEqual(kept);
      const after = await here.disk().names();
      for (const kind of KINDS) {
        const numbers = (names: string[]) => names.flatMap((each) => partNumber(here.network, kind, each) ?? []);
        expect(numbers(after)).toHaveLength(1);
        expect(numbers(after)).not.toEqual(numbers(before));
      }
      expect(await all(await reopen())).toEqual(kept);
    });

    it.each(KINDS)("loses nothing of what is saved while its %s are made anew", async (kind) => {
      const vault = await lead();
      const text = (at: number): string => `text/1/${String(at).padStart(10, "0")}`;
      await vault.save([put("me", "who"), ...Array.from({ length: 600 }, (_, at) => put(text(at), `old ${at}`))]);
      const renewed = vault.renew(kind);
      for (let at = 0; at < 600; at += 50) {
        const removed = vault.save([gone(text(at + 1))]);
        await vault.save([put(`chat/${at}`, "new"), put(text(at), "new")]);
        await removed;
      }
      await renewed;
      const check = async (open: RestVault): Promise<void> => {
        const texts = await all(open, "text/1/");
        expect(texts[text(50)]).toBe("new");
        expect(texts[text(51)]).toBeUndefined();
        expect(texts[text(52)]).toBe("old 52");
        expect(Object.keys(texts)).toHaveLength(588);
        expect(await open.load("chat/550")).toEqual(utf8("new"));
      };
      await check(vault);
      await check(await reopen());
    });

    it("refuses every save and renewal of a leader that was followed, and loses nothing of the next one's", async () => {
      const old = await lead();
      await old.save([put("chat/1", "old"), put("text/1/1", "old")]);
      const next = await lead();
      expect(await all(next)).toEqual({ "chat/1": "old", "text/1/1": "old" });
      await next.save([put("chat/1", "new"), put("text/1/1", "new")]);
      expect(await faultOf(old.save([put("chat/1", "late"), put("text/1/1", "late")]))).toBe("closed");
      expect(await faultOf(old.save([gone("text/1/1")]))).toBe("closed");
      for (const kind of KINDS) expect(await faultOf(old.renew(kind))).toBe("closed");
      expect(await all(next)).toEqual({ "chat/1": "new", "text/1/1": "new" });
      await next.renew("secrets");
      await next.renew("history");
      expect(await faultOf(old.save([put("chat/1", "later"), put("text/1/1", "later")]))).toBe("closed");
      expect(await all(await reopen())).toEqual({ "chat/1": "new", "text/1/1": "new" });
    });

    it("keeps one save for a history without room, refuses the next, and goes on once there is room", async () => {
      const disk = new MortalDisk(here.disk());
      const vault = await lead(disk);
      await vault.save([put("me", "who"), put("text/1/1", "one")]);
      disk.full = /\/history-/;
      await vault.save([put("chat/1", "two"), put("text/1/2", "two")]);
      expect(await faultOf(vault.save([put("chat/1", "three"), put("text/1/3", "three")]))).toBe("storage-full");
      expect(vault.full).toBe(true);
      await vault.save([put("chat/2", "no text")]);
      const kept = { "chat/1": "two", "chat/2": "no text", me: "who", "text/1/1": "one", "text/1/2": "two" };
      expect(await all(vault)).toEqual(kept);
      expect(await faultOf(vault.renew("history"))).toBe("storage-full");
      expect(await all(vault)).toEqual(kept);
      disk.full = undefined;
      await vault.save([put("text/1/3", "three")]);
      expect(vault.full).toBe(false);
      expect(await all(await reopen())).toEqual({ ...kept, "text/1/3": "three" });
    });

    it("keeps what it has where a part cannot be made anew for want of room", async () => {
      const disk = new MortalDisk(here.disk());
      const vault = await lead(disk);
      await vault.save([put("me", "who"), put("text/1/1", "one")]);
      const names = await here.disk().names();
      disk.full = /\/(secrets|history)-[3-9]/;
      for (const kind of KINDS) expect(await faultOf(vault.renew(kind))).toBe("storage-full");
      expect(await here.disk().names()).toEqual(names);
      await vault.save([put("text/1/2", "two")]);
      expect(await all(await reopen())).toEqual({ me: "who", "text/1/1": "one", "text/1/2": "two" });
    });

    it("passes over a value that cannot be opened, keeps it, and says so", async () => {
      const vault = await lead();
      await vault.save([put("chat/1", "a"), put("chat/2", "b"), put("text/1/1", "c"), put("text/1/2", "d")]);
      await (await reopen()).save([]); // what the journal held is in its place
      for (const [kind, key] of [
        ["secrets", "chat/1"],
        ["history", "text/1/1"],
      ] as const) {
        const name = (await here.disk().names()).find((each) => partNumber(here.network, kind, each) !== undefined);
        const part = await here.disk().open(name ?? kind);
        await part?.storage.save([{ key, value: new Uint8Array(40) }]);
        await part?.storage.close();
      }
      const damaged = { "chat/1": undefined, "chat/2": "b", "text/1/1": undefined, "text/1/2": "d" };
      const next = await reopen();
      expect(await all(next)).toEqual(damaged);
      expect(await faultOf(next.load("chat/1"))).toBe("storage-broken");
      for (const kind of KINDS) await next.renew(kind);
      expect(Object.keys(await all(next))).toEqual(Object.keys(damaged));
      expect(await all(await reopen())).toEqual(damaged);
    });

    /** What a run does, each step after the one before; the state after each. */
    const steps: { act(vault: RestVault): Promise<void>; after: Record<string, string> }[] = [
      { act: (vault) => vault.save([put("me", "1")]), after: { me: "1" } },
      {
        act: (vault) => vault.save([put("me", "2"), put("text/1/1", "2"), put("text/1/2", "2")]),
        after: { me: "2", "text/1/1": "2", "text/1/2": "2" },
      },
      { act: (vault) => vault.renew("secrets"), after: { me: "2", "text/1/1": "2", "text/1/2": "2" } },
      {
        act: (vault) => vault.save([put("me", "3"), gone("text/1/1"), put("text/1/2", "3")]),
        after: { me: "3", "text/1/2": "3" },
      },
      { act: (vault) => vault.renew("history"), after: { me: "3", "text/1/2": "3" } },
      { act: (vault) => vault.save([put("text/1/3", "4")]), after: { me: "3", "text/1/2": "3", "text/1/3": "4" } },
      { act: (vault) => vault.save([put("me", "5")]), after: { me: "5", "text/1/2": "3", "text/1/3": "4" } },
    ];

    it("killed at any access: whole as before or after the step that was cut off", async () => {
      for (let accesses = 0; ; accesses++) {
        await here.anew();
        const disk = new MortalDisk(here.disk(), accesses);
        let through = 0;
        const fault = await faultOf(
          (async () => {
            const vault = await lead(disk);
            for (const { act } of steps) {
              await act(vault);
              through++;
            }
          })(),
        );
        const dead = disk.dead;
        disk.die();
        const found = await all(await reopen());
        const may = [steps[through - 1]?.after ?? {}, steps[through]?.after ?? steps.at(-1)?.after];
        expect(may, `killed at access ${accesses} (${fault}), after ${through} steps`).toContainEqual(found);
        const isPart = (each: string) => each.startsWith(`${here.network}/`) && /\/(secrets|history)-/.test(each);
        const names = (await here.disk().names()).filter(isPart);
        await opened.at(-1)?.tidied;
        const kept = (await here.disk().names()).filter(isPart);
        expect(kept, `of ${names}`).toHaveLength(2);
        if (!dead) break;
      }
    });

    it("followed at any access: what the next leader wrote stays, and nothing comes after it", async () => {
      for (let access = 1; ; access++) {
        await here.anew();
        const disk = new MortalDisk(here.disk());
        let before: Record<string, string | undefined> = {};
        const takeOver = async (): Promise<RestVault> => {
          const vault = await lead();
          before = await all(vault);
          await vault.save([put("me", "next"), put("text/1/2", "next"), put("text/1/9", "next")]);
          return vault;
        };
        let taking: Promise<RestVault> | undefined;
        disk.before = async (now) => {
          if (now !== access) return;
          taking = takeOver();
          await taking;
        };
        let through = 0;
        const run = async (): Promise<void> => {
          const vault = await lead(disk, () => taking === undefined);
          for (const { act } of steps) {
            await act(vault);
            through++;
          }
        };
        const fault = await faultOf(run());
        const next = await taking;
        if (next === undefined) break;
        const may = [steps[through - 1]?.after ?? {}, steps[through]?.after ?? steps.at(-1)?.after];
        expect(may, `followed at access ${access}, after ${through} steps (${fault})`).toContainEqual(before);
        const after = { ...before, me: "next", "text/1/2": "next", "text/1/9": "next" };
        expect(await all(next), `followed at access ${access}`).toEqual(after);
        expect(await all(await reopen()), `reopened, followed at access ${access}`).toEqual(after);
      }
    });
  });
};
