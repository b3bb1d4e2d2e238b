/** `npm run package`: builds, and packs the result as holdfast-<version>.vsix in the folder of the repository. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { build } from './lib/build.ts';
import { ROOT } from './lib/paths.ts';
import { makeVsix } from './lib/vsix.ts';

await build();
const file = await makeVsix(ROOT);
console.log(`${path.relative(process.cwd(), file)} (${(statSync(file).size / 2 ** 20).toFixed(1)} MiB)`);
