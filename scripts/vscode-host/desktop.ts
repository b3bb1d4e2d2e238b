import { downloadAndUnzipVSCode, SilentReporter } from '@vscode/test-electron';
import { cacheFolder } from './install.ts';

const PROBE_MS = 4_000;
const UPDATE_SERVER = 'https://update.code.visualstudio.com/api/releases/stable';

/** Why a window of the desktop VS Code cannot be opened here, or nothing when it can. */
export function whyNoWindow(): string | undefined {
  if (process.env['HOLDFAST_VSCODE'] === 'headless') return 'HOLDFAST_VSCODE is set to headless';
  if (process.platform !== 'linux') return undefined;
  if (!process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return 'there is no display';
  return undefined;
}

/**
 * Downloads the desktop VS Code (`HOLDFAST_VSCODE_VERSION`, else the current stable one) on first need. Returns its program, or
 * says in one line why there is none: the probe takes 4 s at most.
 */
export async function downloadDesktop(): Promise<{ program: string } | { reason: string }> {
  const noWindow = whyNoWindow();
  if (noWindow) return { reason: noWindow };
  try {
    const response = await fetch(UPDATE_SERVER, { signal: AbortSignal.timeout(PROBE_MS) });
    await response.body?.cancel();
    if (!response.ok) return { reason: `its download server answered ${response.status}` };
    const version = process.env['HOLDFAST_VSCODE_VERSION'] ?? 'stable';
    return {
      program: await downloadAndUnzipVSCode({ version, cachePath: cacheFolder(), reporter: new SilentReporter() }),
    };
  } catch (error) {
    const { message, cause } = error as Error;
    return { reason: `it cannot be downloaded (${cause instanceof Error ? cause.message : message})` };
  }
}
