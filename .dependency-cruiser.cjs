// Who may import whom. The picture is in the README; tools/boundaries.mjs runs these rules and adds the one that they
// cannot express (an adapter wraps one third party).
const PACKAGES = "node_modules/";
const ROOTS = "^(web/src/(main|engine)\\.ts|web/src/workers/|sw/src/main\\.ts|relay-bootstrap/src/(main|peer)\\.ts)";
const HERE_NOWHERE_ELSE = "the layers point one way: see Direction in the README";

/** A folder and the only paths that it may import. */
const only = (name, from, allowed, comment = HERE_NOWHERE_ELSE) => ({
  name,
  comment,
  severity: "error",
  from: { path: from },
  to: { pathNot: allowed },
});
const never = (name, from, to, comment = HERE_NOWHERE_ELSE) => ({ name, comment, severity: "error", from, to });

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    never("no-cycles", {}, { circular: true }, "a cycle has no top to read it from"),
    never("every-import-resolves", {}, { couldNotResolve: true, pathNot: "\\?(url|worker)" }, "a slip of the pen"),

    only("node-imports-nothing", "^web/src/node/", "^web/src/node/"),
    only("chat-imports-ports", "^web/src/chat/", "^web/src/(chat/|node/(ports|errors)\\.ts$)"),
    only(
      "adapters-import-ports",
      "^web/src/adapters/(?!memory)",
      `^(web/src/(adapters/|node/(ports|errors|messages|url|host)\\.ts$|chat/ports\\.ts$)|core-wasm/pkg/|${PACKAGES})`,
    ),
    // The in-memory testnet is made of whole nodes.
    only("memory-adapters-import-node", "^web/src/adapters/memory", "^web/src/(adapters|node)/"),
    only("app-imports-node-and-chat", "^web/src/app/", "^web/src/(app|node|chat)/"),
    only("ui-imports-app-and-lit", "^web/src/ui/", "^(web/src/(ui|app)/|node_modules/(lit|@lit)/)"),
    // What notices say is the one thing of the app that the worker says too.
    never("page-is-not-the-worker", { path: "^sw/" }, { path: "^(web/src/(app/(?!notices)|ui)/|relay-bootstrap/)" }),
    only(
      "relay-imports-node-and-adapters",
      "^relay-bootstrap/",
      `^(relay-bootstrap/|web/src/(node|adapters)/|core-wasm/pkg/|${PACKAGES}|(node:)?[a-z_/]+$)`,
    ),
    never(
      "third-parties-behind-adapters",
      { path: "^relay-bootstrap/src/(?!adapters/|main\\.ts$)" },
      { path: `^${PACKAGES}`, pathNot: "^node_modules/@types/node/" },
      "a dependency is replaced in one file",
    ),
    never("words-behind-an-adapter", { pathNot: "^(web/src/adapters|test)/" }, { path: "^node_modules/@scure/" }),
    never("roots-are-not-imported", { pathNot: `^test/|${ROOTS}` }, { path: ROOTS }, "a root wires, it offers nothing"),
    never("tests-are-not-imported", { pathNot: "^test/" }, { path: "^test/" }, "what ships does not know its tests"),
  ],
  options: {
    doNotFollow: { path: "node_modules|core-wasm/pkg" },
    exclude: { path: "^dist|/target/" },
    tsPreCompilationDeps: true, // type-only imports count too
    parser: "swc", // the default one needs a TypeScript older than 7 and would silently see no module at all
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "default"],
      extensions: [".ts", ".js"],
    },
  },
};
