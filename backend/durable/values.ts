import { DurableError } from './durable-error.ts';

/** As the SDK has it: base64 of JSON, and headers of text. */
export interface EncodedValue {
  headers: Record<string, string>;
  data: string;
}

/** Larger things are files that a promise names. */
export const MAX_VALUE_BYTES = 2 * 1024 * 1024;

/**
 * Encodes a value before the SDK sees it: one that it cannot encode makes it run the function again and again (FACTS.md).
 * @throws DurableError `unencodable` for a BigInt, a function, a cycle, a number that JSON has not, or more than `MAX_VALUE_BYTES`.
 */
export function encodeValue(value: unknown, headers: Record<string, string> = {}): EncodedValue {
  const json = toJson(value ?? null);
  const bytes = Buffer.from(json);
  if (bytes.length > MAX_VALUE_BYTES) {
    throw new DurableError(
      'unencodable',
      `A durable value may take ${MAX_VALUE_BYTES} bytes and this one takes ${bytes.length}: store it in a file and name that.`,
    );
  }
  return { headers, data: bytes.toString('base64') };
}

export function decodeValue(value: { data?: string | undefined } | undefined): unknown {
  if (!value?.data) return undefined;
  return JSON.parse(Buffer.from(value.data, 'base64').toString());
}

/** @throws DurableError `unencodable` */
export function assertEncodable(value: unknown): void {
  encodeValue(value);
}

function toJson(value: unknown): string {
  try {
    return JSON.stringify(value, (_, part: unknown) => {
      if (typeof part === 'bigint' || typeof part === 'function' || typeof part === 'symbol') {
        throw new TypeError(`a ${typeof part}`);
      }
      if (typeof part === 'number' && !Number.isFinite(part)) throw new TypeError(String(part));
      return part;
    });
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
    throw new DurableError('unencodable', `A durable value must be JSON: it holds ${why}.`, { cause: error });
  }
}
