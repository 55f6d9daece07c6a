/** `npm test`. Runs on the machine's own Node before anything is installed; see run-tests.mjs. */
if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error(`Andon's tests need Node 20 or newer to start; this is ${process.version}.`);
  process.exit(1);
}
await import('./run-tests.mjs');
