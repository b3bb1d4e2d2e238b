import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Plugin, transform } from 'esbuild';

/** An `import()` of another file of the bundle. */
const OF_A_CHUNK = /\bimport\("\.\.?\//;

/**
 * Makes CommonJS of a bundle in several files, which esbuild can make of ES modules only. `import()` of such a file becomes `require`:
 * VS Code sends what is really imported through a thread of its own.
 */
export const commonJsChunks: Plugin = {
  name: 'commonjs-chunks',
  setup({ initialOptions, onEnd }) {
    const { target, sourcesContent } = initialOptions;
    initialOptions.write = false;
    initialOptions.sourcemap = 'inline';
    onEnd(async ({ outputFiles = [] }) => {
      for (const file of outputFiles) {
        const { code, map } = await transform(file.text, {
          format: 'cjs',
          platform: 'node',
          ...(target === undefined ? {} : { target }),
          ...(sourcesContent === undefined ? {} : { sourcesContent }),
          supported: { 'dynamic-import': !OF_A_CHUNK.test(file.text) },
          sourcemap: 'external',
          sourcefile: file.path,
        });
        await mkdir(path.dirname(file.path), { recursive: true });
        await writeFile(file.path, `${code}//# sourceMappingURL=${path.basename(file.path)}.map\n`);
        await writeFile(`${file.path}.map`, map);
      }
    });
  },
};
