import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { MAX_CODE_BYTES } from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { Dialect } from '../protocol/values.ts';
import { type Cell, splitCells } from '../workers/cells.ts';
import { dialectOfFile, languageOfDialect, languages } from '../workers/index.ts';

/** A file to run, cut into cells. */
export interface InputFile {
  /** Absolute path, null for standard input. */
  readonly path: string | null;
  readonly dialect: Dialect;
  readonly cells: readonly Cell[];
}

/**
 * Reads a file, or standard input for `-`.
 * @throws HoldfastError `invalid` when it is missing, too large, not text, or in no known language.
 */
export async function readInput(file: string, dialect: Dialect | undefined): Promise<InputFile> {
  if (file === '-') {
    if (!dialect) throw new HoldfastError('invalid', 'Say with --language what standard input is written in.');
    return { path: null, dialect, cells: cellsOf(await text(process.stdin), dialect) };
  }
  const absolute = path.resolve(file);
  const known = dialect ?? dialectOfFile(absolute);
  if (!known) {
    const endings = languages.flatMap(({ extensions }) => Object.keys(extensions)).join(', ');
    throw new HoldfastError('invalid', `${file}: no language has this ending. Known: ${endings}. Or say --language.`);
  }
  return { path: absolute, dialect: known, cells: cellsOf(await readText(file, absolute), known) };
}

function cellsOf(code: string, dialect: Dialect): Cell[] {
  return splitCells(code, languageOfDialect(dialect));
}

async function readText(shown: string, file: string): Promise<string> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new HoldfastError('invalid', `${shown} cannot be read (${error.code}).`);
  });
  if (bytes.length > MAX_CODE_BYTES) {
    throw new HoldfastError(
      'invalid',
      `${shown} has ${bytes.length} bytes. The limit is ${MAX_CODE_BYTES / 1024 ** 2} MiB.`,
    );
  }
  try {
    const code = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!code.includes('\0')) return code;
  } catch {
    // Said below: both mean that it is no source file.
  }
  throw new HoldfastError('invalid', `${shown} is not text in UTF-8.`);
}
