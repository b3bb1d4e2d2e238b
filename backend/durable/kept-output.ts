import { createReadStream, type Dirent } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { HoldfastError } from '../protocol/errors.ts';
import { FrameDecoder } from '../protocol/frame.ts';
import type { OutputPage } from '../sessions/output-log.ts';

/** What sessions of killed backends printed may take together, in bytes. */
const MAX_BYTES = 1024 * 1024 * 1024;

/**
 * The output of a session whose backend was killed, from the files that it left. Nothing else of it is known: they are read through.
 * In each backend a session has a folder of its own: `ID`, and `ID.N` when it came back.
 */
export class KeptOutput {
  readonly #output: string;
  readonly #sessionId: string;

  /** @param output absolute path of the folder of all sessions' folders */
  constructor(output: string, sessionId: string) {
    this.#output = output;
    this.#sessionId = sessionId;
  }

  /** @throws HoldfastError `not_found` */
  async readOutput(executionId: string | null, start: number, count: number): Promise<OutputPage> {
    const found: Uint8Array[] = [];
    let total = 0;
    for (const file of await this.#files()) {
      const decoder = new FrameDecoder();
      for await (const chunk of createReadStream(file)) {
        for (const { header, payload } of decoder.push(chunk as Buffer)) {
          if ((header as { executionId: string | null }).executionId !== executionId) continue;
          const from = Math.max(0, start - total);
          const to = Math.min(payload.length, start + count - total);
          if (from < to) found.push(payload.slice(from, to));
          total += payload.length;
        }
      }
    }
    if (total === 0) throw new HoldfastError('not_found', 'The output of that execution is not kept.');
    return { bytes: Buffer.concat(found), kept: total, total, cut: null };
  }

  async #files(): Promise<string[]> {
    const folders = (await namesIn(this.#output)).filter((name) => sessionOf(name) === this.#sessionId);
    const files = await Promise.all(folders.map((name) => segments(path.join(this.#output, name))));
    return files.flat();
  }
}

async function segments(folder: string): Promise<string[]> {
  const order = (name: string) => Number(name.match(/\d+/)?.[0] ?? 0);
  const names = await namesIn(folder);
  return names.sort((one, other) => order(one) - order(other)).map((name) => path.join(folder, name));
}

async function namesIn(folder: string): Promise<string[]> {
  return await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
}

/** The id of the session that a folder is of. */
function sessionOf(folder: string): string {
  return path.parse(folder).name;
}

/**
 * Deletes what sessions of earlier backends printed, unless an execution that is kept names the session; of those the newest, up to a limit.
 * @param before names of folders that were there before this backend made any.
 * @param kept ids of sessions; undefined when it is not known which are named.
 */
export async function removeForgotten(
  folder: string,
  before: readonly Dirent[],
  kept: ReadonlySet<string> | undefined,
): Promise<void> {
  const sizes = await Promise.all(
    before.map(async ({ name }) => {
      const files = await segments(path.join(folder, name));
      const stats = await Promise.all(files.map((file) => stat(file)));
      return {
        name,
        bytes: stats.reduce((sum, { size }) => sum + size, 0),
        newest: Math.max(0, ...stats.map(({ mtimeMs }) => mtimeMs)),
      };
    }),
  );
  let room = MAX_BYTES;
  for (const { name, bytes } of sizes.sort((one, other) => other.newest - one.newest)) {
    if ((kept?.has(sessionOf(name)) ?? true) && bytes <= room) room -= bytes;
    else await rm(path.join(folder, name), { recursive: true, force: true });
  }
}
