/** `npm run demo`. Runs on the machine's own Node before anything is installed; see run-demo.mjs. */
if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error(`Andon's demo needs Node 20 or newer to start; this is ${process.version}.`);
  process.exit(1);
}
await import('./run-demo.mjs');
