import { createHash, randomBytes } from 'node:crypto';
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { logError } from '../log.ts';
import type { Answer, Answers, Question } from '../workers/language.ts';
import { stampOf } from './stamp.ts';

/** Answers that are remembered; the oldest is forgotten first. */
const MAX_ANSWERS = 50;
/** How much of a script is looked at to see whether it is a shim. Bytes. */
const HEAD_BYTES = 4096;
/** What decides which interpreter a shim starts and what an interpreter takes itself for. */
const DECISIVE = /^(PATH|Path|HOME|USERPROFILE|APPDATA|VIRTUAL_ENV|__PYVENV|PYTHON|PYENV|NODE|NODENV|ASDF|LD_|DYLD_)/;
/** With one of these set a version manager looks elsewhere than is known here. */
const ELSEWHERE = ['PYENV_DIR', 'NODENV_DIR', 'ASDF_CONFIG_FILE', 'ASDF_DEFAULT_TOOL_VERSIONS_FILENAME'];
/** Files in a project's folder, or in one above it, that name the version to use. */
const VERSION_FILES: Readonly<Record<string, readonly string[]>> = {
  pyenv: ['.python-version'],
  nodenv: ['.node-version'],
  asdf: ['.tool-versions', '.python-version', '.node-version', '.nvmrc'],
};

const Remembered = z.strictObject({
  answer: z.strictObject({ path: z.string().min(1), version: z.string(), watched: z.array(z.string()).readonly() }),
  /** Files that decide the answer, each with what its `stat` was. */
  stamps: z.record(z.string(), z.string()),
});
type Remembered = z.infer<typeof Remembered>;
const Stored = z.strictObject({ format: z.literal(1), answers: z.array(z.tuple([z.string(), Remembered])) });

/**
 * Remembers what interpreters answered: of a program that runs itself, and of the shims of pyenv, nodenv and asdf. Any other
 * script or launcher may decide by anything, and is run each time.
 */
export class AnswerCache implements Answers {
  readonly #file: string | null;
  #answers: Promise<Map<string, Remembered>> | undefined;
  #writing: Promise<void> = Promise.resolve();

  /** @param file absolute path of the file that keeps the answers for the next backend, null to keep them in memory only */
  constructor(file: string | null = null) {
    this.#file = file;
  }

  async of(question: Question, ask: () => Promise<Answer>): Promise<Answer> {
    this.#answers ??= this.#load();
    const answers = await this.#answers;
    const key = keyOf(question);
    const remembered = answers.get(key);
    if (remembered && isUnchanged(remembered.stamps)) return remembered.answer;
    const decisive = await decisiveFiles(question);
    // Before it is asked: what changes meanwhile makes the answer out of date at once.
    const stamps = decisive && stampsOf(decisive.files);
    const answer = await ask();
    answers.delete(key);
    if (stamps && (decisive.isShim || stampOf(question.file) === stampOf(answer.path))) {
      const configuration = path.join(path.dirname(path.dirname(answer.path)), 'pyvenv.cfg');
      answers.set(key, { answer, stamps: { ...stampsOf([answer.path, configuration]), ...stamps } });
      for (const oldest of answers.keys()) if (answers.size > MAX_ANSWERS) answers.delete(oldest);
    }
    this.#save(answers);
    return answer;
  }

  /** Settles when everything has been written. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  async #load(): Promise<Map<string, Remembered>> {
    if (!this.#file) return new Map();
    try {
      return new Map(Stored.parse(JSON.parse(await readFile(this.#file, 'utf8'))).answers);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') logError(`${this.#file} is of no use`, error);
      return new Map();
    }
  }

  #save(answers: ReadonlyMap<string, Remembered>): void {
    const file = this.#file;
    if (!file) return;
    const text = JSON.stringify({ format: 1, answers: [...answers] } satisfies z.infer<typeof Stored>);
    this.#writing = this.#writing
      .then(() => replace(file, text))
      .catch((error) => logError('What interpreters answered could not be kept', error));
  }
}

async function replace(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomBytes(4).toString('hex')}`;
  try {
    await writeFile(draft, text, { mode: 0o600, flag: 'wx' });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** A digest: environments hold secrets. */
function keyOf({ file, workspace, env }: Question): string {
  const decisive = Object.entries(env)
    .filter(([name]) => DECISIVE.test(name))
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([file, workspace, decisive]))
    .digest('hex');
}

/** @returns null when it cannot be known what decides the answer. */
async function decisiveFiles({ file, workspace, env }: Question): Promise<{ files: string[]; isShim: boolean } | null> {
  const head = await headOf(file).catch(() => null);
  // It cannot be read: it may still be run, or says itself why not.
  if (head === null) return null;
  const home = env['HOME'];
  const virtualEnvironment = path.join(path.dirname(path.dirname(file)), 'pyvenv.cfg');
  if (!head.startsWith('#!')) return { files: [file, virtualEnvironment], isShim: false };
  const manager = /\b(pyenv|nodenv|asdf)["']?\s+exec\b/.exec(head)?.[1];
  if (!manager || ELSEWHERE.some((name) => env[name])) return null;
  const root = path.dirname(path.dirname(file));
  const names = VERSION_FILES[manager] ?? [];
  return {
    isShim: true,
    files: [
      file,
      ...[...foldersAbove(workspace), ...(home ? [home] : [])].flatMap((folder) =>
        names.map((name) => path.join(folder, name)),
      ),
      ...(home ? [path.join(home, '.asdfrc')] : []),
      // pyenv's global choice, and what is installed: a version may be named by its first numbers only.
      ...['version', 'versions', 'installs/python', 'installs/nodejs'].map((name) => path.join(root, name)),
    ],
  };
}

function foldersAbove(folder: string): string[] {
  const parent = path.dirname(folder);
  return parent === folder ? [folder] : [folder, ...foldersAbove(parent)];
}

async function headOf(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(HEAD_BYTES), position: 0 });
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

function stampsOf(files: readonly string[]): Record<string, string> {
  return Object.fromEntries(files.map((file) => [file, stampOf(file)]));
}

function isUnchanged(stamps: Readonly<Record<string, string>>): boolean {
  return Object.entries(stamps).every(([file, stamp]) => stampOf(file) === stamp);
}
