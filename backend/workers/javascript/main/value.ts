import util from 'node:util';
import type { Part } from '../shared/messages.ts';
import { toJson } from './json.ts';
import { apply, getOwnPropertyNames, NativeString, slice } from './primordials.ts';

// Taken before user code can replace it.
const { inspect } = util;

const MAX_TEXT = 100_000;
const MAX_PARTS = 16;
const MAX_PART_BYTES = 16 * 1024 * 1024;
/** All parts travel in one frame, whose payload is at most 64 MiB. */
const MAX_TOTAL_BYTES = 48 * 1024 * 1024;
const MAX_MIME = 100;
const DISPLAY = Symbol.for('Jupyter.display');
const options = { depth: 5, maxArrayLength: 200, maxStringLength: 50_000, breakLength: 100 };
const fromBase64 = Buffer.from.bind(Buffer);
const byteLength = Buffer.byteLength.bind(Buffer);

/** A value as text, as `node -i` prints it. User code may take part (`util.inspect.custom`), and may throw. */
export function valueText(value: unknown): string {
  let text: string;
  try {
    text = inspect(value, options);
  } catch (error) {
    text = `<the value cannot be inspected: ${failure(error)}>`;
  }
  return text.length <= MAX_TEXT
    ? text
    : `${slice(text, 0, MAX_TEXT - 100)}… ${text.length - MAX_TEXT + 100} more characters`;
}

/** The MIME forms of a value, `text/plain` first. */
export function valueParts(value: unknown, text: string): Part[] {
  const parts: Part[] = [{ mime: 'text/plain', data: text }];
  if (typeof value !== 'object' || value === null) return parts;
  const bundle = displayBundle(value);
  if (bundle) {
    const names = getOwnPropertyNames(bundle);
    let left = MAX_TOTAL_BYTES;
    for (let i = 0; i < names.length && parts.length < MAX_PARTS; i++) {
      const mime = names[i] as string;
      if (mime.length === 0 || mime.length > MAX_MIME) continue;
      const data = partData(mime, bundle[mime]);
      if (data === null) continue;
      const bytes = byteLength(data);
      if (bytes > MAX_PART_BYTES || bytes > left) continue;
      left -= bytes;
      parts[mime === 'text/plain' ? 0 : parts.length] = { mime, data };
    }
    return parts;
  }
  const json = toJson(value);
  if (json !== null) parts[parts.length] = { mime: 'application/json', data: json };
  return parts;
}

/** Deno's convention: a method that answers `{ 'text/html': '…', 'image/png': base64 }`. */
function displayBundle(value: object): Record<string, unknown> | null {
  try {
    const method: unknown = (value as Record<symbol, unknown>)[DISPLAY];
    if (typeof method !== 'function') return null;
    const bundle: unknown = apply(method, value, []);
    return typeof bundle === 'object' && bundle !== null ? (bundle as Record<string, unknown>) : null;
  } catch {
    // Its text is shown, which is what there is without the method.
    return null;
  }
}

function partData(mime: string, data: unknown): string | Uint8Array | null {
  if (data instanceof Uint8Array) return data;
  if (typeof data === 'string') {
    const binary = slice(mime, 0, 6) === 'image/' && mime !== 'image/svg+xml';
    return binary ? fromBase64(data, 'base64') : data;
  }
  return toJson(data);
}

function failure(error: unknown): string {
  try {
    return NativeString(error);
  } catch {
    return 'it throws';
  }
}
