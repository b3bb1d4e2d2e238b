import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** An editor that asks nothing of the network and opens on nothing but the folder. */
const QUIET = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'remote.autoForwardPorts': false,
  'js/ts.tsserver.automaticTypeAcquisition.enabled': false,
  'window.dialogStyle': 'custom',
  // The web workbench saves after a delay unless told otherwise; the desktop one does not.
  'files.autoSave': 'off',
};

/** Writes the person's settings of a VS Code that is still to be started on `dataFolder`. */
export async function writeSettings(dataFolder: string, settings: Record<string, unknown> = {}): Promise<void> {
  const folder = path.join(dataFolder, 'User');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'settings.json'), JSON.stringify({ ...QUIET, ...settings }, null, 2));
}
