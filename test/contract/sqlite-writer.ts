/**
 * Saves numbered values until it is killed, and says on its output which of them the store confirmed. Run by
 * storage-sqlite.test.ts as a process of its own: `node sqlite-writer.ts <file>`.
 */
import { SqliteStore } from "../../relay-bootstrap/src/adapters/sqlite-store.ts";

const store = new SqliteStore(process.argv[2] ?? "");
const VALUE_BYTES = 2_048;

for (let at = 0; ; at += 4) {
  const keys = [at, at + 1, at + 2, at + 3].map(String);
  await Promise.all(
    keys.map(async (key) => {
      await store.save([
        { key: `note/${key}`, value: Uint8Array.of(1) },
        { key: `cell/${key}`, value: new Uint8Array(VALUE_BYTES).fill(Number(key)) },
      ]);
      process.stdout.write(`${key}\n`);
    }),
  );
}
