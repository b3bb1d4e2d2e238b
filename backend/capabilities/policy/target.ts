import { realpath } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ALL_VARIABLES } from '../../protocol/permission-words.ts';
import type { Category } from '../../protocol/security.ts';
import type { Effect } from '../performed.ts';
import type { Place } from './levels.ts';
import { touchedHost, UNIX } from './touched-host.ts';
import { isBelow, type TouchedPath, touchedPath } from './touched-path.ts';
import { type TouchedProgram, touchedProgram } from './touched-program.ts';

/** What an operation touches, as it is judged and as a person reads it. */
export interface Target {
  readonly category: Category;
  readonly place: Place;
  /** What patterns are matched against: a real path, a host with its port, a command. */
  readonly subject: Subject;
  /** For a person, one line: exactly what it is. */
  readonly text: string;
  /** What an answer that lasts covers, in the same words; null: it cannot last, since the words could mean something else, too. */
  readonly covers: string | null;
  /** For the log: without what may be a secret. */
  readonly logged: string;
  /** With all that is in the folder. */
  readonly whole?: boolean;
}

/** What goes through a folder, of which the gates ask once. */
const WHOLE = new Set(['shutil.rmtree', 'fs.rm', 'fs.rmdir', 'fs.cp']);

export type Subject =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'host'; readonly host: string; readonly port: number | null }
  | ({ readonly kind: 'command'; readonly argv: readonly string[] } & TouchedProgram)
  | { readonly kind: 'name'; readonly name: string | null };

/** @param roots real paths of the folders that are the workspace; null: it is done on another machine, whose files cannot be looked at */
export async function targetOf(effect: Effect, roots: readonly string[] | null): Promise<Target> {
  switch (effect.category) {
    case 'read':
    case 'write':
    case 'delete':
    case 'native': {
      const { real, special, folder } = roots ? await touchedPath(effect.path) : asWritten(effect.path);
      const place = !special && roots?.some((root) => isBelow(root, real)) ? 'workspace' : 'elsewhere';
      const { category } = effect;
      const around = folder ? real : path.dirname(real);
      // A program that reads one file of a folder mostly reads the others, too. What changes files is allowed one by one.
      const wide = category === 'read' && !special && !isBelow(around, await homeFolder());
      const covers = isPattern(real) ? null : wide ? path.join(around, '**') : real;
      const whole = folder && WHOLE.has(effect.operation);
      return { category, place, subject: { kind: 'path', path: real }, text: real, covers, logged: real, whole };
    }
    case 'network': {
      const host = touchedHost(effect.host);
      const shown = host.includes(':') && !host.startsWith(UNIX) ? `[${host}]` : host;
      const text = effect.port === null ? shown : `${shown}:${effect.port}`;
      const subject = { kind: 'host', host, port: effect.port } as const;
      return { category: 'network', place: 'elsewhere', subject, text, covers: lasting(text), logged: text };
    }
    case 'subprocess': {
      const { argv, cwd } = effect;
      const text = commandText(argv) + (cwd === null ? '' : ` (in ${cwd})`);
      const isCut = argv.some((one) => one.length > MAX_ARGUMENT) || argv.length >= MAX_ARGUMENTS;
      const program = roots ? await touchedProgram(argv[0] ?? '', roots) : { real: null, named: false };
      const subject = { kind: 'command', argv, ...program } as const;
      const logged = withoutSecrets(argv);
      return {
        category: 'subprocess',
        place: 'elsewhere',
        subject,
        text,
        covers: isCut ? null : lasting(text),
        logged,
      };
    }
    case 'environment': {
      const { name } = effect;
      const text = name ?? ALL_VARIABLES;
      const subject = { kind: 'name', name } as const;
      const covers = name === null ? EVERYTHING : lasting(name);
      return { category: 'environment', place: 'elsewhere', subject, text, covers, logged: text };
    }
  }
}

/** What a grant says that covers everything of its category. */
export const EVERYTHING = '*';
/** As the gates cut what they tell of a command. */
const MAX_ARGUMENT = 2000;
const MAX_ARGUMENTS = 100;
const MAX_LOGGED_WORDS = 2;

let home: { readonly given: string; readonly real: string } | undefined;

/** Its real path. */
function asWritten(file: string): TouchedPath {
  return { real: path.posix.normalize(file), special: false, folder: false };
}

async function homeFolder(): Promise<string> {
  const given = os.homedir();
  if (home?.given !== given) home = { given, real: await realpath(given).catch(() => given) };
  return home.real;
}

function lasting(text: string): string | null {
  return text === EVERYTHING ? null : text;
}

/** The name of a file that would read as a folder with all that is below. */
function isPattern(real: string): boolean {
  return path.basename(real) === '**';
}

/** Each argument, quoted where that is needed to tell them apart: two commands have one text only if they are the same. */
function commandText(argv: readonly string[]): string {
  return argv.map((one) => (/^[\w@%+=:,./\\-]+$/.test(one) ? one : JSON.stringify(one))).join(' ');
}

/** The program, the names of its options and its first words: what follows may be a password, and a shell's text may hold one. */
function withoutSecrets([program = '', ...rest]: readonly string[]): string {
  const words: string[] = [];
  let positions = 0;
  let afterOption = false;
  for (const one of rest) {
    const option = /^(?:--[\w-]+|-\w)/.exec(one)?.[0];
    if (option) words.push(option === one ? option : `${option}…`);
    else words.push(!afterOption && positions++ < MAX_LOGGED_WORDS && /^[\w./-]{1,40}$/.test(one) ? one : '…');
    afterOption = option === one;
  }
  return [program, ...words].join(' ');
}
