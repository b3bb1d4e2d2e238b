/** Runs the tests of this folder inside the extension host of a real VS Code: `node test/extension/run.ts` */
import { existsSync } from 'node:fs';
import { cp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Cleanup } from '../../scripts/lib/cleanup.ts';
import { follow } from '../../scripts/lib/follow.ts';
import { RESULT_VARIABLE } from '../../scripts/lib/mocha.ts';
import { EXAMPLES } from '../../scripts/lib/paths.ts';
import { stopBackends } from '../../scripts/lib/stop-backends.ts';
import { makeTemporary, removeTemporary } from '../../scripts/lib/temporary.ts';
import { runInHost } from '../helpers/vscode/run-in-host.ts';
import { bundleExtensionTests } from './bundle.ts';

await using cleanup = new Cleanup();
const temporary = await makeTemporary('hf-ext');
cleanup.defer(() => removeTemporary(temporary));
const state = path.join(temporary, 's');
cleanup.defer(() => stopBackends(state));
const workspace = path.join(temporary, 'workspace');
await cp(EXAMPLES, workspace, { recursive: true });
const output = path.join(temporary, 'output');
await writeFile(output, '');
const result = process.env[RESULT_VARIABLE] ?? path.join(temporary, 'result.json');

const stopFollowing = follow(output, (bytes) => process.stdout.write(bytes));
cleanup.defer(stopFollowing);
try {
  const entry = await bundleExtensionTests();
  await runInHost({ entry, workspace, state, result, env: { HOLDFAST_TEST_OUTPUT: output } });
} catch (error) {
  await stopFollowing();
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
if (!existsSync(result)) {
  console.error('The extension host ended before the tests did.');
  process.exitCode = 1;
}
