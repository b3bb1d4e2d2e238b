import path from 'node:path';
import type { Capabilities } from './capabilities.ts';
import { isArray, NativeTypeError, slice } from './primordials.ts';

/** What the capabilities take of a question, and of an option's label. */
const MAX_PROMPT = 10_000;
const MAX_LABEL = 500;
const MAX_REVIEW = 50_000;

// Taken before user code can replace them.
const { entries, keys } = Object;
const { resolve } = path;

type Filters = Readonly<Record<string, readonly string[]>>;
interface Diff {
  readonly before: unknown;
  readonly after: unknown;
  readonly name?: unknown;
}

/** What user code may ask the person; examples/holdfast.d.ts declares them. */
export function questionFunctions(capabilities: Capabilities) {
  const ask = (title: unknown, { detail, diff }: { detail?: unknown; diff?: Diff } = {}) => ({
    title: question(title),
    detail: detail === undefined || detail === null ? null : question(detail),
    diff: diff
      ? { name: slice(text(diff.name ?? ''), 0, MAX_LABEL), before: whole(diff.before), after: whole(diff.after) }
      : null,
  });
  return {
    input: (prompt: unknown = '', options?: { secret?: boolean }) =>
      capabilities.request('input', { prompt: question(prompt), secret: options?.secret === true }),
    approve: async (title: unknown, options?: { detail?: unknown; diff?: Diff }) =>
      capabilities.request('approve', ask(title, options)),
    choose: async (prompt: unknown, options: readonly unknown[] | object, { many = false } = {}) => {
      const labels = isArray(options) ? options : keys(options);
      const values = isArray(options) ? options : valuesOf(options);
      const shown: { label: string; detail: null }[] = [];
      for (let i = 0; i < labels.length; i++) shown[i] = { label: slice(text(labels[i]), 0, MAX_LABEL), detail: null };
      const chosen = (await capabilities.request('choose', {
        prompt: question(prompt),
        options: shown,
        many: many === true,
      })) as number[];
      if (!many) return values[chosen[0] as number];
      const picked: unknown[] = [];
      for (let i = 0; i < chosen.length; i++) picked[i] = values[chosen[i] as number];
      return picked;
    },
    pickFile: async (
      prompt: unknown = '',
      { select = 'file', filters = {}, folder }: { select?: string; filters?: Filters; folder?: string } = {},
    ) => {
      const fields = { prompt: question(prompt), select: text(select), filters: endings(filters) };
      const start = folder === undefined ? null : resolve(folder);
      const paths = (await capabilities.request('pick_file', { ...fields, folder: start })) as string[];
      return select === 'files' ? paths : paths[0];
    },
    review: async (content: unknown, { prompt = '', language }: { prompt?: unknown; language?: string } = {}) =>
      capabilities.request('review', {
        prompt: question(prompt),
        text: whole(content),
        language: language === undefined ? null : text(language),
      }),
    notify: async (message: unknown, level: unknown = 'information') => {
      await capabilities.request('notify', { message: question(message), level: text(level) });
    },
    // As browsers have them: they block.
    prompt: (message: unknown = '') => capabilities.block('input', { prompt: question(message), secret: false }),
    confirm: (message: unknown = '') => capabilities.block('approve', ask(message)),
    alert: (message: unknown = '') => {
      capabilities.block('notify', { message: question(message), level: 'information' });
    },
  };
}

function text(value: unknown): string {
  return `${value as string}`;
}

function question(value: unknown): string {
  return slice(text(value), 0, MAX_PROMPT);
}

/** What is to be read as a whole is not cut. */
function whole(value: unknown): string {
  const content = text(value);
  if (content.length <= MAX_REVIEW) return content;
  throw new NativeTypeError(
    `The text has ${content.length} characters, and at most ${MAX_REVIEW} can be shown for a review.`,
  );
}

function valuesOf(options: object): unknown[] {
  if (typeof options !== 'object' || options === null)
    throw new NativeTypeError('choose() takes an array or an object of options.');
  const pairs = entries(options);
  const values: unknown[] = [];
  for (let i = 0; i < pairs.length; i++) values[i] = (pairs[i] as [string, unknown])[1];
  return values;
}

/** Endings without their dots. */
function endings(filters: Filters): Record<string, string[]> {
  const result: Record<string, string[]> = {};
  const names = keys(filters);
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    const some = filters[name] ?? [];
    const plain: string[] = [];
    for (let at = 0; at < some.length; at++) {
      const ending = text(some[at]);
      plain[at] = ending[0] === '.' ? slice(ending, 1) : ending;
    }
    result[name] = plain;
  }
  return result;
}
