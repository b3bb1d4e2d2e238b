import { mkdir } from 'node:fs/promises';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { ensureBrowser } from '../../../scripts/lib/browser.ts';

/**
 * Starts the machine's Chromium without a window. `home` takes what Chromium would write into the person's home folder.
 * `--no-sandbox`: as root, and in most containers, Chromium does not start with its sandbox, and the only page it opens is ours.
 */
export async function openBrowser(home: string): Promise<Browser> {
  await mkdir(home, { recursive: true });
  return chromium.launch({
    executablePath: await ensureBrowser(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--no-first-run',
    ],
    env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
  });
}

export async function openContext(browser: Browser): Promise<BrowserContext> {
  return browser.newContext({
    viewport: { width: 1280, height: 800 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
}
