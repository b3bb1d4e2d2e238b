import { onPath } from '../lib/browser.ts';
import type { Cleanup } from '../lib/cleanup.ts';
import { EXAMPLES, ROOT, TOUR } from '../lib/paths.ts';
import { run } from '../lib/processes.ts';
import { makeTemporary, removeTemporary } from '../lib/temporary.ts';
import { downloadDesktop, whyNoWindow } from '../vscode-host/desktop.ts';

/** Why the `code` on PATH cannot open a window with a development extension, or its path. */
async function installedDesktop(): Promise<{ program: string } | { reason: string }> {
  const noWindow = whyNoWindow();
  if (noWindow) return { reason: noWindow };
  // In the terminal of a remote window `code` only speaks to that window.
  if (process.env['VSCODE_IPC_HOOK_CLI']) return { reason: 'this is the terminal of a remote window' };
  if (process.getuid?.() === 0) return { reason: 'VS Code does not open for root' };
  const program = await onPath('code', 'code-insiders', 'codium');
  return program ? { program } : { reason: 'there is no `code` on PATH' };
}

/**
 * Opens examples/ in the desktop VS Code of this machine, else in one that is downloaded. Resolves with the reason when there is
 * none, and with nothing when its window has been opened (and, for the downloaded one, closed again). The downloaded one keeps the
 * state of its backend in `state`; the person's own VS Code keeps it where it always does.
 */
export async function openDesktop(state: string, cleanup: Cleanup): Promise<string | undefined> {
  const open = ['--new-window', `--extensionDevelopmentPath=${ROOT}`, EXAMPLES, TOUR];
  const installed = await installedDesktop();
  if ('program' in installed) {
    const { program } = installed;
    const shell = program.endsWith('.cmd');
    console.log(`Opening examples/ in ${program} …`);
    const { code } = await run(shell ? 'cmd' : program, [...(shell ? ['/c', program] : []), ...open], {
      output: 'inherit',
      signal: cleanup.signal,
    });
    return code === 0 ? undefined : `${program} ended with exit code ${code}`;
  }
  const downloaded = await downloadDesktop();
  if ('reason' in downloaded)
    return installed.reason === downloaded.reason ? installed.reason : `${installed.reason}; ${downloaded.reason}`;
  const profile = await makeTemporary('hf-code');
  cleanup.defer(() => removeTemporary(profile));
  const ownProfile = [`--user-data-dir=${profile}`, `--extensions-dir=${profile}/extensions`];
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  console.log('Opening examples/ in the downloaded VS Code. Ctrl+C here, or closing its window, ends it.');
  const args = [...ownProfile, ...asRoot, '--disable-updates', '--skip-welcome', ...open];
  await run(downloaded.program, args, {
    env: { ...process.env, HOLDFAST_STATE_DIR: state },
    output: 'capture',
    signal: cleanup.signal,
  });
  return undefined;
}
