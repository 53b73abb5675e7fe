/** The log's way out: whatever stands behind stdout and stderr, nothing throws, waits or piles up. */
import { describe, expect, it, vi } from "vitest";
import { jsonLog } from "../../relay-bootstrap/src/log.ts";
import { Output } from "../../relay-bootstrap/src/output.ts";

type Write = ConstructorParameters<typeof Output>[1];
/** A descriptor that takes so many bytes and then fails with this code, until it is given more room. */
class Sink {
  text = "";
  room = Number.POSITIVE_INFINITY;
  calls = 0;
  readonly code: string;
  constructor(code: string) {
    this.code = code;
  }
  readonly write = ((_fd: number, data: string | Buffer, from?: number | null): number => {
    this.calls++;
    const at = from ?? 0;
    const bytes = Buffer.from(data).subarray(at, at + this.room);
    if (bytes.length === 0) throw Object.assign(new Error("refused"), { code: this.code });
    this.text += bytes.toString();
    this.room -= bytes.length;
    return bytes.length;
  }) as Write;
}

describe("output", () => {
  it.each(["EPIPE", "ENOSPC", "EIO", "EBADF"])(
    "throws nothing on %s, counts what is lost, and goes on after it",
    (code) => {
      const sink = new Sink(code);
      const output = new Output(2, sink.write);
      output.line("one");
      sink.room = 0;
      output.line("two");
      output.line("three");
      expect(output.lost).toBe(2);
      sink.room = Number.POSITIVE_INFINITY;
      output.line("four");
      expect(sink.text).toBe("one\nfour\n");
    },
  );

  it("ends a line that a full disk cut before it writes the next", () => {
    const sink = new Sink("ENOSPC");
    const output = new Output(2, sink.write);
    sink.room = 5;
    output.line("cut in half");
    sink.room = Number.POSITIVE_INFINITY;
    output.line("whole");
    expect(sink.text).toBe("cut i\nwhole\n");
    expect(output.lost).toBe(1);
  });

  it("keeps for a slow reader what is bounded, drops and counts the rest, and loses no order", () => {
    vi.useFakeTimers();
    try {
      const sink = new Sink("EAGAIN");
      const output = new Output(2, sink.write);
      sink.room = 150;
      const line = (at: number): string => `${at}`.padStart(99, " ");
      for (let at = 0; at < 100_000; at++) output.line(line(at));
      const kept = 100_000 - output.lost;
      expect(kept).toBeGreaterThan(1_000);
      expect(kept).toBeLessThan(10_000);
      expect(sink.calls).toBeLessThan(10); // a line more is no reason to ask again
      vi.advanceTimersByTime(10_000);
      expect(sink.calls).toBeLessThan(100);
      sink.room = Number.POSITIVE_INFINITY;
      vi.advanceTimersByTime(1_000);
      output.line("after");
      expect(sink.text).toBe(`${Array.from({ length: kept }, (_, at) => line(at)).join("\n")}\nafter\n`);
    } finally {
      vi.useRealTimers();
    }
  });

  it("waits for a slow reader at the end, and not for ever", async () => {
    const sink = new Sink("EAGAIN");
    const output = new Output(2, sink.write);
    await output.flushed(60_000); // nothing waits
    sink.room = 0;
    output.line("last");
    await output.flushed(10);
    sink.room = Number.POSITIVE_INFINITY;
    await output.flushed(60_000);
    expect(sink.text).toBe("last\n");
  });

  it("has the log tell how many of its lines were lost", () => {
    const sink = new Sink("ENOSPC");
    const log = jsonLog(new Output(2, sink.write), () => 0, {});
    sink.room = 0;
    log.event("a");
    log.event("b");
    sink.room = Number.POSITIVE_INFINITY;
    log.event("c");
    log.event("d");
    const lines = sink.text.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ event: "c", lines_lost: 2 }, { event: "d" }]);
    expect(lines[1]).not.toContain("lines_lost");
  });
});
