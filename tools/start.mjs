// npm start: builds what is missing, then runs the bootstrap node in this very process, with this command's arguments,
// so that a signal reaches it without a go-between.
import "./lib/node24.mjs";
import { build } from "./build.mjs";

await build();
await import("../relay-bootstrap/src/main.ts");
