// A jest reporter: names every test that was skipped, and ends the run with one line that counts
// (`12 passed, 0 failed`), for whoever reads only the end of the output.
export default class ClosingLine {
  onRunComplete(_contexts, results) {
    for (const file of results.testResults) {
      for (const test of file.testResults) {
        if (test.status === 'pending') console.log(`skipped: ${test.fullName}`);
      }
    }
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests > 0 ? `, ${results.numPendingTests} skipped` : '';
    process.stdout.write(`\n${results.numPassedTests} passed, ${failed} failed${skipped}\n`);
    // With nothing left to wait for, Node 24 now and then spins for ever in clearing handles up
    // that a gRPC server left. What holds the loop open is still waited for, and seen.
    process.once('beforeExit', () => process.exit());
  }
}
