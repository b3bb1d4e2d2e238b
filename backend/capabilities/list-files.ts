import type { Dirent } from 'node:fs';
import { opendir, stat } from 'node:fs/promises';
import nodePath from 'node:path';
import * as z from 'zod';
import { AbsolutePath } from './absolute-path.ts';
import { CapabilityError, systemError } from './capability-error.ts';
import { type Glob, globOf } from './glob.ts';
import { performed } from './performed.ts';
import { withFolder } from './with-file.ts';

/** Files that one call lists. */
const MAX_FILES = 100_000;
/** Entries of folders that one call looks at. */
const MAX_SEEN = 2_000_000;

const category = 'read';
const Params = z.strictObject({
  folder: AbsolutePath,
  /** `*`, `?`, `[a-z]`, `{a,b}` within a name; `**` for any folders. */
  pattern: z
    .string()
    .min(1, 'The pattern is empty.')
    .max(1000, 'The pattern is longer than 1,000 characters.')
    .refine((text) => !/^([/\\]|[A-Za-z]:)|(^|[/\\])\.\.([/\\]|$)/.test(text), 'The pattern stays below the folder.'),
});

/** The files of a folder whose path below it matches a pattern, sorted. Payload: their paths below it, as a JSON array. */
export const listFiles = performed<typeof Params>({
  kind: 'request_response',
  name: 'list_files',
  category,
  params: Params,
  effects: ({ folder }) => [{ category, operation: 'list_files', path: folder }],
  perform: async ({ folder, pattern }, { signal, touched }) => {
    const search = { glob: globOf(pattern), found: [] as string[], seen: 0, signal };
    try {
      await walk(touched ?? folder, [], search);
    } catch (error) {
      throw systemError(error, folder);
    }
    return { value: null, payload: Buffer.from(JSON.stringify(search.found.sort())) };
  },
});

interface Search {
  readonly glob: Glob;
  readonly found: string[];
  readonly signal: AbortSignal;
  seen: number;
}

/** Links to folders are not followed: they may lead out of the folder, or round in a circle. */
function walk(real: string, below: readonly string[], search: Search): Promise<void> {
  return withFolder(real, (folder) => walkIn(folder, real, below, search));
}

/** @param folder by which it is reached, whatever its path leads to by now @param real its real path */
async function walkIn(folder: string, real: string, below: readonly string[], search: Search): Promise<void> {
  for await (const entry of await opendir(folder)) {
    search.signal.throwIfAborted();
    if (++search.seen > MAX_SEEN)
      throw tooMany(`looks at more than ${MAX_SEEN.toLocaleString('en')} files and folders`);
    const names = [...below, entry.name];
    if (entry.isDirectory()) {
      if (search.glob.mayContain(names)) await walkIfReadable(nodePath.join(real, entry.name), names, search);
    } else if (search.glob.matches(names) && (await isFile(folder, entry))) {
      search.found.push(names.join('/'));
      if (search.found.length > MAX_FILES) throw tooMany(`finds more than ${MAX_FILES.toLocaleString('en')} files`);
    }
  }
}

/** What is below a folder that may not be read is left out, as shells do it. */
async function walkIfReadable(folder: string, below: readonly string[], search: Search): Promise<void> {
  try {
    await walk(folder, below, search);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'ENOENT') throw error;
  }
}

async function isFile(folder: string, entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isFile();
  try {
    return (await stat(nodePath.join(folder, entry.name))).isFile();
  } catch {
    // It points to nothing, or to where nobody may look.
    return false;
  }
}

function tooMany(what: string): CapabilityError {
  return new CapabilityError('failed', `list_files ${what}: give it a folder or a pattern that is narrower`, 'E2BIG');
}
