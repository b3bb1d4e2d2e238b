import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from './processes.ts';

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  'chrome',
  'msedge',
];
const FOLDERS: Partial<Record<NodeJS.Platform, string[]>> = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: ['ProgramFiles', 'ProgramFiles(x86)', 'LocalAppData'].flatMap((name) => {
    const folder = process.env[name];
    const inside = ['Google/Chrome/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe'];
    return folder ? inside.map((file) => path.join(folder, file)) : [];
  }),
};
const DEBIAN_PACKAGES = ['chromium', 'fonts-dejavu-core', 'fonts-liberation'];
const INSTALL_MS = 8 * 60_000;

/** The first of these programs that is on PATH. */
export async function onPath(...names: string[]): Promise<string | undefined> {
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  for (const name of names) {
    for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
      for (const suffix of suffixes) {
        const file = path.join(folder, name + suffix);
        if (folder && (await isProgram(file))) return file;
      }
    }
  }
  return undefined;
}

async function isProgram(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The path of a Chrome, Chromium or Edge of this machine: `CHROME_PATH` or `CHROMIUM`, else on PATH, else where installers put them. */
export async function findBrowser(): Promise<string | undefined> {
  for (const name of ['CHROME_PATH', 'CHROMIUM']) {
    const file = process.env[name];
    if (!file) continue;
    if (await isProgram(file)) return file;
    throw new Error(
      `${name} is set to ${file}, which is not a program. Set it to a Chrome, Chromium or Edge, or unset it.`,
    );
  }
  const found = await onPath(...NAMES);
  if (found) return found;
  for (const file of FOLDERS[process.platform] ?? []) {
    if (await isProgram(file)) return file;
  }
  return undefined;
}

/** Finds a browser; installs Debian's Chromium where that is possible without a question. @throws with the command to run. */
export async function ensureBrowser(signal?: AbortSignal): Promise<string> {
  const found = await findBrowser();
  if (found) return found;
  if (!(await isDebian()))
    throw new Error('No Chrome, Chromium or Edge found. Install one, or set CHROME_PATH to its program.');
  const install = `apt-get install -y --no-install-recommends ${DEBIAN_PACKAGES.join(' ')}`;
  if (process.getuid?.() !== 0) {
    throw new Error(`No Chrome, Chromium or Edge found. Run: sudo apt-get update && sudo ${install}`);
  }
  console.log(`Installing Chromium: ${install}`);
  for (const command of ['apt-get update', install]) {
    const [file = '', ...args] = command.split(' ');
    const ended = await run(file, args, {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      output: 'capture',
      deadline: INSTALL_MS,
      ...(signal ? { signal } : {}),
    });
    if (ended.code !== 0)
      throw new Error(`\`${command}\` failed, so there is no browser for the tests.\n${ended.output}`);
  }
  const installed = await findBrowser();
  if (!installed) throw new Error(`\`${install}\` ended well, but there is no chromium on PATH.`);
  return installed;
}

/** Debian itself: Ubuntu's package `chromium` only starts a snap, which containers do not run. */
async function isDebian(): Promise<boolean> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^ID="?debian"?$/m.test(release);
}
