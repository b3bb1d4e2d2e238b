import path from 'node:path';
import type { Cleanup } from '../lib/cleanup.ts';
import { EXAMPLES, TOUR } from '../lib/paths.ts';
import { makeVsix } from '../lib/vsix.ts';
import { installVSCodeHost } from '../vscode-host/install.ts';
import { installExtension, startServer } from '../vscode-host/server.ts';
import { writeSettings } from '../vscode-host/settings.ts';

/** Serves examples/ in the headless VS Code, with the packaged extension in it, until the person ends it. */
export async function serveHeadless(
  { temporary, state, port }: { temporary: string; state: string; port: number },
  cleanup: Cleanup,
): Promise<void> {
  const dataFolder = path.join(temporary, 'd');
  const server = {
    host: await installVSCodeHost(cleanup.signal),
    dataFolder,
    port,
    env: { HOLDFAST_STATE_DIR: state },
  };
  // examples/ is a part of a clone, about which Git would ask.
  await writeSettings(dataFolder, { 'git.openRepositoryInParentFolders': 'never' });
  await installExtension(server, await makeVsix(temporary));
  const running = await startServer(server);
  cleanup.defer(() => running.stop());
  const address = running.workbenchUrl(EXAMPLES, [['openFile', running.remoteUri(TOUR)]]);
  console.log(`\nOpen this address in a browser on this machine:\n\n  ${address}\n\nCtrl+C ends it.`);
  await running.ended;
  if (!cleanup.signal.aborted) throw new Error('The headless VS Code ended by itself.');
}
