import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { RESULT_VARIABLE } from '../../../scripts/lib/mocha.ts';
import { ROOT } from '../../../scripts/lib/paths.ts';
import { downloadDesktop } from '../../../scripts/vscode-host/desktop.ts';

const LAUNCHER = path.join(import.meta.dirname, 'launcher.ts');

export interface HostRun {
  /** Bundled CommonJS module whose `run` is called in the extension host, once the workbench is there. */
  readonly entry: string;
  /** Folder that is opened. */
  readonly workspace: string;
  /** `HOLDFAST_STATE_DIR` of the backends that it starts. */
  readonly state: string;
  /** File that `run` writes at its end. */
  readonly result: string;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Calls a function inside the extension host of a real VS Code with this extension in it: the desktop one where there is a display,
 * else the headless one. @throws when the function does, or when VS Code ends before it.
 */
export async function runInHost({ entry, workspace, state, result, env }: HostRun): Promise<void> {
  const desktop = await downloadDesktop();
  if ('reason' in desktop) process.stderr.write(`In the headless VS Code: for the desktop one, ${desktop.reason}.\n`);
  await runTests({
    vscodeExecutablePath: 'program' in desktop ? desktop.program : process.execPath,
    launchArgs: [...('program' in desktop ? [] : [LAUNCHER]), workspace, '--disable-extensions'],
    extensionDevelopmentPath: ROOT,
    extensionTestsPath: entry,
    extensionTestsEnv: { HOLDFAST_STATE_DIR: state, [RESULT_VARIABLE]: result, ...env },
  });
}
