import { inRoot, ROOT } from './paths.ts';
import { run } from './processes.ts';

/** Makes `dist/`. @throws with what esbuild said. */
export async function build(signal?: AbortSignal): Promise<void> {
  const ended = await run(process.execPath, [inRoot('esbuild.mjs')], {
    cwd: ROOT,
    output: 'capture',
    ...(signal ? { signal } : {}),
  });
  if (ended.code !== 0) throw new Error(`The build failed.\n${ended.output}`);
}
