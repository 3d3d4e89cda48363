// Adds up the result files of jest (--json) and of conformance and prints `N passed, N failed, N skipped`, alone on a line.
import { existsSync, readFileSync } from 'node:fs';

let [passed, failed, skipped] = [0, 0, 0];
for (const path of process.argv.slice(2)) {
  if (!existsSync(path)) {
    console.log(`no result file ${path}: that stage counts as one failure`);
    failed += 1;
    continue;
  }
  const result = JSON.parse(readFileSync(path, 'utf8'));
  passed += result.numPassedTests ?? result.passed;
  failed += result.numFailedTests ?? result.failed;
  failed += result.numRuntimeErrorTestSuites ?? 0;
  skipped += result.numPendingTests ?? result.skipped;
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
