/** Runs the tests of this folder inside the extension host of a real VS Code: `node test/extension/run.ts` */
import { existsSync } from 'node:fs';
import { cp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { Cleanup } from '../../scripts/lib/cleanup.ts';
import { follow } from '../../scripts/lib/follow.ts';
import { RESULT_VARIABLE } from '../../scripts/lib/mocha.ts';
import { EXAMPLES, ROOT } from '../../scripts/lib/paths.ts';
import { stopBackends } from '../../scripts/lib/stop-backends.ts';
import { makeTemporary, removeTemporary } from '../../scripts/lib/temporary.ts';
import { downloadDesktop } from '../../scripts/vscode-host/desktop.ts';
import { bundleExtensionTests } from './bundle.ts';

const LAUNCHER = path.join(import.meta.dirname, '../helpers/vscode/launcher.ts');

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

const desktop = await downloadDesktop();
if ('reason' in desktop) console.log(`In the headless VS Code: for the desktop one, ${desktop.reason}.`);
const stopFollowing = follow(output, (bytes) => process.stdout.write(bytes));
cleanup.defer(stopFollowing);
try {
  await runTests({
    vscodeExecutablePath: 'program' in desktop ? desktop.program : process.execPath,
    launchArgs: [...('program' in desktop ? [] : [LAUNCHER]), workspace, '--disable-extensions'],
    extensionDevelopmentPath: ROOT,
    extensionTestsPath: await bundleExtensionTests(),
    extensionTestsEnv: { HOLDFAST_STATE_DIR: state, HOLDFAST_TEST_OUTPUT: output, [RESULT_VARIABLE]: result },
  });
} catch (error) {
  await stopFollowing();
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
if (!existsSync(result)) {
  console.error('The extension host ended before the tests did.');
  process.exitCode = 1;
}
