#!/usr/bin/env node
// The bin. Node's own SQLite needs Node 24, which the package brings along: an older Node is told
// so before anything else is loaded.
const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(
    `promo-ledger needs Node 24 or newer, this is ${process.versions.node}.\n` +
      'Run it as `npx promo-ledger` from the project: the right Node was installed with it.\n',
  );
  process.exit(2);
}

// `node:sqlite` still announces itself as experimental at every start; other warnings stay.
process.removeAllListeners('warning');
process.on('warning', (warning) => {
  if (warning.name !== 'ExperimentalWarning') process.stderr.write(`${String(warning)}\n`);
});

const { run } = await import('./program.ts');
process.exitCode = await run(process.argv.slice(2));
// With nothing left to wait for: clearing up what a database client left may take for ever.
process.once('beforeExit', () => process.exit());
