import { realpathSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Patterns } from '../../protocol/client/security.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import type { Category } from '../../protocol/security.ts';
import type { Subject, Target } from './target.ts';
import { touchedHost, UNIX } from './touched-host.ts';

/** @param denies what is denied is denied by any name that it has */
type Matcher = (subject: Subject, denies: boolean) => boolean;

/** Files and folders in what is deleted or copied as a whole. */
const MAX_LOOKED_AT = 100_000;

/** Patterns of the settings, ready to be asked. */
export class PatternList {
  readonly #matchers = new Map<Category, Matcher[]>();

  /**
   * @param workspace absolute path, for paths that are relative
   * @throws HoldfastError `invalid`, saying which pattern is wrong and how it would be right
   */
  constructor(patterns: Patterns, workspace: string) {
    for (const [category, list] of Object.entries(patterns) as [Category, string[]][]) {
      const compiled = list.map((pattern) => compile(category, pattern.trim(), workspace));
      this.#matchers.set(category, compiled);
    }
  }

  has(category: Category): boolean {
    return (this.#matchers.get(category)?.length ?? 0) > 0;
  }

  /** For what is denied: the whole environment has every variable in it. */
  touches({ category, subject }: Target): boolean {
    if (subject.kind === 'name' && subject.name === null) return this.has(category);
    return this.#some(category, subject, true);
  }

  /**
   * The first of what is in the folder that a pattern matches, by its path; the folder itself when there is too much in it to look. Null: none.
   * Links are not followed.
   */
  async touchedIn({ category, subject }: Target): Promise<string | null> {
    if (subject.kind !== 'path' || !this.has(category)) return null;
    const folders = [subject.path];
    let left = MAX_LOOKED_AT;
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      // One that cannot be read is none that the program goes through.
      const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
      left -= entries.length;
      if (left < 0) return subject.path;
      for (const entry of entries) {
        const found = path.join(folder, entry.name);
        if (this.#some(category, { kind: 'path', path: found }, true)) return found;
        if (entry.isDirectory()) folders.push(found);
      }
    }
    return null;
  }

  /** For what is allowed. */
  matches({ category, subject }: Target): boolean {
    return this.#some(category, subject, false);
  }

  #some(category: Category, subject: Subject, denies: boolean): boolean {
    return this.#matchers.get(category)?.some((matches) => matches(subject, denies)) ?? false;
  }
}

/** @throws HoldfastError `invalid` */
function compile(category: Category, pattern: string, workspace: string): Matcher {
  switch (category) {
    case 'read':
    case 'write':
    case 'delete':
    case 'native':
      return pathMatcher(category, pattern, workspace);
    case 'network':
      return pattern.startsWith(UNIX) ? socketMatcher(pattern, workspace) : hostMatcher(pattern);
    case 'subprocess':
      return commandMatcher(pattern, workspace);
    case 'environment': {
      const expression = wildcards(pattern);
      return (subject) => subject.kind === 'name' && subject.name !== null && expression.test(subject.name);
    }
  }
}

function pathMatcher(category: Category, pattern: string, workspace: string): Matcher {
  if (pattern.includes('\0')) throw invalid(category, pattern, 'A path holds no NUL character.');
  const absolute = path.resolve(workspace, inHome(pattern)).replaceAll('\\', '/');
  const expressions = absolutes(absolute).map((one) => pathExpression(category, pattern, one));
  return (subject) => {
    if (subject.kind !== 'path') return false;
    const touched = subject.path.replaceAll('\\', '/');
    return expressions.some((expression) => expression.test(touched));
  };
}

function inHome(pattern: string): string {
  return /^~(?=$|[\\/])/.test(pattern) ? os.homedir() + pattern.slice(1) : pattern;
}

/** What is touched is judged by its real path: the folders that a pattern names without wildcards may be links. */
function absolutes(absolute: string): string[] {
  const [beginning = ''] = /^[^*?]*(?=\/|$)/.exec(absolute) ?? [];
  if (beginning === '') return [absolute];
  return [absolute, realOf(beginning).replaceAll('\\', '/') + absolute.slice(beginning.length)];
}

function realOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    const folder = path.dirname(file);
    return folder === file ? file : path.join(realOf(folder), path.basename(file));
  }
}

function pathExpression(category: Category, pattern: string, absolute: string): RegExp {
  const parts = absolute.split('/').map((part) => {
    if (part === '**') return '**';
    if (part.includes('**')) {
      throw invalid(category, pattern, '“**” stands for whole folders, between slashes: "data/**", "**/*.csv".');
    }
    return [...part].map((one) => (one === '*' ? '[^/]*' : one === '?' ? '[^/]' : escaped(one))).join('');
  });
  const source = parts.reduce((text, part, index) => {
    if (part === '**') return index === parts.length - 1 ? `${text}(?:/.*)?` : `${text}(?:/[^/]+)*`;
    return index === 0 ? part : `${text}/${part}`;
  }, '');
  return new RegExp(`^${source || '/'}$`, process.platform === 'win32' ? 'iu' : 'u');
}

function hostMatcher(pattern: string): Matcher {
  const help =
    'It is a host, with “*.” for all below it and a port if wanted: "example.com", "*.example.com:443", "127.0.0.1", "[::1]:8080", "unix:/run/docker.sock".';
  const found = /^(\*|(?:\*\.)?[^\s*:/[\]]+|\[[^\]]+\])(?::(\d{1,5}|\*))?$/.exec(pattern);
  if (!found || Number(found[2] ?? 0) > 65535) throw invalid('network', pattern, help);
  const [, name = '', port] = found;
  const below = name.startsWith('*.');
  const host = name === '*' ? null : touchedHost(below ? name.slice(2) : name);
  return (subject) => {
    if (subject.kind !== 'host') return false;
    if (port !== undefined && port !== '*' && subject.port !== Number(port)) return false;
    if (host === null) return true;
    return below ? subject.host.endsWith(`.${host}`) : subject.host === host;
  };
}

/** A socket in the file system by its path, or one of Linux's names behind an `@`. */
function socketMatcher(pattern: string, workspace: string): Matcher {
  const name = pattern.slice(UNIX.length);
  if (name === '') throw invalid('network', pattern, 'It is a socket by its path: "unix:/run/docker.sock".');
  const matches = name.startsWith('@') ? wildcards(name) : null;
  const paths = matches ? null : pathMatcher('network', name, workspace);
  return (subject) => {
    if (subject.kind !== 'host' || !subject.host.startsWith(UNIX)) return false;
    const socket = subject.host.slice(UNIX.length);
    return matches?.test(socket) ?? paths?.({ kind: 'path', path: socket }, false) ?? false;
  };
}

/** The words of a command; what follows them may be anything. */
function commandMatcher(pattern: string, workspace: string): Matcher {
  const words = pattern.match(/"(?:[^"\\]|\\.)*"|\S+/g)?.map(unquoted) ?? [];
  if (words.length === 0)
    throw invalid('subprocess', pattern, 'It is the beginning of a command: "git status", "npm run *".');
  const [first = '', ...others] = words;
  const byPath = /[\\/]/.test(first);
  const programs = byPath ? absolutes(path.resolve(workspace, inHome(first))).map(wildcards) : [wildcards(first)];
  const rest = others.map(wildcards);
  return (subject, denies) => {
    if (subject.kind !== 'command') return false;
    const [called = '', ...given] = subject.argv;
    // Any file may be called `git`: what is allowed by a name is what a person finds by it.
    const known = denies ? [called, subject.real ?? called] : byPath || subject.named || onWindows ? [called] : [];
    const names = byPath ? known : known.map((one) => path.basename(one).replace(/\.exe$/i, ''));
    return (
      names.some((name) => programs.some((program) => program.test(name))) &&
      rest.every((word, index) => word.test(given[index] ?? ''))
    );
  };
}

/** There it is not known which file a command starts. */
const onWindows = process.platform === 'win32';

function unquoted(word: string): string {
  return word.startsWith('"') ? word.slice(1, -1).replace(/\\(.)/g, '$1') : word;
}

function wildcards(text: string): RegExp {
  return new RegExp(
    `^${[...text].map((one) => (one === '*' ? '.*' : one === '?' ? '.' : escaped(one))).join('')}$`,
    'su',
  );
}

function escaped(character: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character;
}

function invalid(category: Category, pattern: string, why: string): HoldfastError {
  return new HoldfastError('invalid', `The pattern ${JSON.stringify(pattern)} for ${category} cannot be used. ${why}`);
}
