import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build, type CommonOptions, type Metafile, type Plugin, transform } from 'esbuild';
import { ROOT } from './paths.ts';

/** An `import()` of another file of the bundle. */
const OF_A_CHUNK = /\bimport\("\.\.?\//;

/** By absolute paths. */
type Texts = ReadonlyMap<string, string>;

/**
 * Makes CommonJS of a bundle in several files, which esbuild can make of ES modules only. `import()` of such a file becomes `require`:
 * VS Code sends what is really imported through a thread of its own.
 *
 * What the entry imports at once becomes part of its file, since each file takes time while the editor starts. Other files find it where
 * it was.
 */
export const commonJsChunks: Plugin = {
  name: 'commonjs-chunks',
  setup({ initialOptions, onEnd }) {
    const { target, sourcesContent } = initialOptions;
    const common: CommonOptions = {
      format: 'cjs',
      platform: 'node',
      ...(target === undefined ? {} : { target }),
      ...(sourcesContent === undefined ? {} : { sourcesContent }),
    };
    initialOptions.write = false;
    initialOptions.sourcemap = 'inline';
    onEnd(async ({ outputFiles = [], metafile }) => {
      // Undefined when the build failed.
      if (!metafile) return;
      const texts: Texts = new Map(outputFiles.map((file) => [file.path, file.text]));
      const { entry, parts } = loadedAtOnce(metafile);
      await convertEntry(entry, parts, texts, common);
      for (const [file, text] of texts) {
        if (file === entry) continue;
        await mkdir(path.dirname(file), { recursive: true });
        await (parts.includes(file) ? pointTo(entry, file) : convert(file, text, common));
      }
    });
  },
};

/** The file of the bundle's entry, and those that it imports. */
function loadedAtOnce({ outputs }: Metafile): { entry: string; parts: string[] } {
  const imports = Object.values(outputs).flatMap((output) => output.imports);
  const onDemand = new Set(imports.filter(({ kind }) => kind === 'dynamic-import').map(({ path: file }) => file));
  const entry = Object.keys(outputs).find((file) => outputs[file]?.entryPoint && !onDemand.has(file));
  if (!entry) throw new Error('The bundle has no entry.');
  const files = new Set([entry]);
  // The set grows while it is gone through.
  for (const file of files) {
    for (const { path: target, kind } of outputs[file]?.imports ?? []) {
      if (kind === 'import-statement' && outputs[target]) files.add(target);
    }
  }
  files.delete(entry);
  return { entry: path.join(ROOT, entry), parts: [...files].map((file) => path.join(ROOT, file)) };
}

async function convertEntry(entry: string, parts: string[], texts: Texts, common: CommonOptions): Promise<void> {
  const inside = new Set([entry, ...parts]);
  const named = parts.map((file) => `export * as ${JSON.stringify(nameOf(file))} from ${JSON.stringify(file)};`);
  await build({
    ...common,
    // Comments in the code name files from here.
    absWorkingDir: path.dirname(entry),
    bundle: true,
    stdin: { contents: [`export * from ${JSON.stringify(entry)};`, ...named].join('\n'), resolveDir: ROOT },
    outfile: entry,
    // It is read from memory and written to the disk.
    allowOverwrite: true,
    sourcemap: 'linked',
    supported: { 'dynamic-import': ![...inside].some((file) => OF_A_CHUNK.test(texts.get(file) ?? '')) },
    plugins: [fromMemory(texts, inside, path.dirname(entry))],
    logLevel: 'warning',
  });
}

/** Takes the files `inside` from memory. All else is required: other files by their paths from `folder`. */
function fromMemory(texts: Texts, inside: ReadonlySet<string>, folder: string): Plugin {
  return {
    name: 'from-memory',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /.*/ }, ({ path: name, resolveDir, kind }) => {
        if (!/^[./]/.test(name)) return { path: name, external: true };
        const file = path.resolve(resolveDir, name);
        if (inside.has(file) && kind !== 'dynamic-import') return { path: file };
        return { path: `./${path.relative(folder, file)}`, external: true };
      });
      onLoad({ filter: /.*/ }, ({ path: file }) => {
        const contents = texts.get(file);
        return contents === undefined ? undefined : { contents, loader: 'js', resolveDir: path.dirname(file) };
      });
    },
  };
}

async function convert(file: string, text: string, common: CommonOptions): Promise<void> {
  const { code, map } = await transform(text, {
    ...common,
    supported: { 'dynamic-import': !OF_A_CHUNK.test(text) },
    sourcemap: 'external',
    sourcefile: file,
  });
  await writeFile(file, `${code}//# sourceMappingURL=${path.basename(file)}.map\n`);
  await writeFile(`${file}.map`, map);
}

async function pointTo(entry: string, file: string): Promise<void> {
  const whole = JSON.stringify(path.relative(path.dirname(file), entry));
  await writeFile(file, `module.exports = require(${whole})[${JSON.stringify(nameOf(file))}];\n`);
}

function nameOf(file: string): string {
  return path.parse(file).name;
}
