// Imported first by scripts that need Node 24, so that a bare `node tools/…` under an older one says what to do.
if (Number(process.versions.node.split(".")[0]) < 24) {
  console.error(
    `This is Node ${process.versions.node}; the scripts need 24. Use the npm scripts: they bring it along.`,
  );
  process.exit(1);
}
