/** Makes the pictures of the documentation from those that the UI tests have just taken: `npm test -- e2e`, then `npm run pictures`. */
import { existsSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { inRoot } from './lib/paths.ts';

/** A picture of `docs/images`, and the screenshot of `test/e2e/screenshots` that it is. */
const PICTURES = {
  'first-run': 'first-run-dark',
  menu: 'status-menu-dark',
  'session-picker': 'session-picker-light',
} as const;

const missing: string[] = [];
await mkdir(inRoot('docs/images'), { recursive: true });
for (const [picture, screenshot] of Object.entries(PICTURES)) {
  const taken = inRoot('test/e2e/screenshots', `${screenshot}.png`);
  if (existsSync(taken)) await copyFile(taken, inRoot('docs/images', `${picture}.png`));
  else missing.push(screenshot);
}
if (missing.length > 0) {
  console.error(`No screenshot yet of ${missing.join(', ')}. "npm test -- e2e" takes them; then run this again.`);
  process.exitCode = 1;
}
