import path from 'node:path';
import type { Category } from '../../protocol/security.ts';
import type { Effect } from '../performed.ts';
import type { Place } from './levels.ts';
import { touchedHost } from './touched-host.ts';
import { isBelow, touchedPath } from './touched-path.ts';

/** What an operation touches, as it is judged and as a person reads it. */
export interface Target {
  readonly category: Category;
  readonly place: Place;
  /** What patterns are matched against: a real path, a host with its port, a command. */
  readonly subject: Subject;
  /** For a person, one line: exactly what it is. */
  readonly text: string;
  /** What an answer that lasts covers, in the same words. */
  readonly covers: string;
}

export type Subject =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'host'; readonly host: string; readonly port: number | null }
  | { readonly kind: 'command'; readonly argv: readonly string[] }
  | { readonly kind: 'name'; readonly name: string | null };

/** @param roots real paths of the folders that are the workspace */
export async function targetOf(effect: Effect, roots: readonly string[]): Promise<Target> {
  switch (effect.category) {
    case 'read':
    case 'write':
    case 'delete':
    case 'native': {
      const { real, special } = await touchedPath(effect.path);
      const place = !special && roots.some((root) => isBelow(root, real)) ? 'workspace' : 'elsewhere';
      const { category } = effect;
      // A program that reads one file of a folder mostly reads the others, too. What changes files is allowed one by one.
      const covers = category === 'read' && !special ? path.join(path.dirname(real), '**') : real;
      return { category, place, subject: { kind: 'path', path: real }, text: real, covers };
    }
    case 'network': {
      const host = touchedHost(effect.host);
      const shown = host.includes(':') ? `[${host}]` : host;
      const text = effect.port === null ? shown : `${shown}:${effect.port}`;
      const subject = { kind: 'host', host, port: effect.port } as const;
      return { category: 'network', place: 'elsewhere', subject, text, covers: text };
    }
    case 'subprocess': {
      const text = commandText(effect.argv);
      const subject = { kind: 'command', argv: effect.argv } as const;
      return { category: 'subprocess', place: 'elsewhere', subject, text, covers: text };
    }
    case 'environment': {
      const text = effect.name ?? '*';
      const subject = { kind: 'name', name: effect.name } as const;
      return { category: 'environment', place: 'elsewhere', subject, text, covers: text };
    }
  }
}

/** A shell's text as it was written; else each argument, quoted where that is needed to tell them apart. */
function commandText(argv: readonly string[]): string {
  const [program = '', ...rest] = argv;
  const isShell = /(?:^|[\\/])(?:ba|da|z|k|fi)?sh$/.test(program) && rest.length === 2 && rest[0] === '-c';
  if (isShell) return `${path.basename(program)}: ${rest[1]}`;
  return argv.map((one) => (/^[\w@%+=:,./\\-]+$/.test(one) ? one : JSON.stringify(one))).join(' ');
}
