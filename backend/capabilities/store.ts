import * as z from 'zod';
import { CapabilityError } from './capability-error.ts';
import { performed } from './performed.ts';
import { storeOf } from './store/stores.ts';

/** Bytes of one value, as JSON. */
const MAX_VALUE_BYTES = 1024 * 1024;

const Key = z.string().min(1, 'The key is empty.').max(500, 'The key is longer than 500 characters.');

const Params = z.discriminatedUnion('operation', [
  z.strictObject({ operation: z.literal('get'), key: Key }),
  /** Payload: the value as JSON. */
  z.strictObject({ operation: z.literal('set'), key: Key }),
  z.strictObject({ operation: z.literal('delete'), key: Key }),
  z.strictObject({ operation: z.literal('keys') }),
]);

/**
 * What programs of one workspace remember between sessions. `get` answers with whether there is a value, which is the payload, as JSON;
 * `delete` with whether there was one; `keys` with a payload, a JSON array in the order in which they were first set.
 */
export const store = performed<typeof Params>({
  kind: 'request_response',
  name: 'store',
  params: Params,
  effects: () => [],
  perform: async (params, { stateFolder }, payload) => {
    const values = await storeOf(stateFolder);
    switch (params.operation) {
      case 'get': {
        const text = values.get(params.key);
        return text === undefined ? { value: false } : { value: true, payload: Buffer.from(text) };
      }
      case 'set':
        await values.set(params.key, jsonOf(payload));
        return { value: null };
      case 'delete':
        return { value: await values.delete(params.key) };
      case 'keys':
        return { value: null, payload: Buffer.from(JSON.stringify(values.keys())) };
    }
  },
});

function jsonOf(payload: Uint8Array): string {
  if (payload.length > MAX_VALUE_BYTES) {
    throw new CapabilityError(
      'invalid',
      `store: The value has ${payload.length.toLocaleString('en')} bytes as JSON, and at most ${MAX_VALUE_BYTES.toLocaleString('en')} ` +
        'can be stored. Write what is larger to a file, and store its path.',
    );
  }
  const text = new TextDecoder().decode(payload);
  try {
    JSON.parse(text);
  } catch {
    throw new CapabilityError('invalid', 'store: The value is not JSON.');
  }
  return text;
}
