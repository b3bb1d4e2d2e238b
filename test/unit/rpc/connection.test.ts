import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import * as z from 'zod';
import { method } from '../../../backend/protocol/client/method.ts';
import { HoldfastError } from '../../../backend/protocol/errors.ts';
import { encodeFrame } from '../../../backend/protocol/frame.ts';
import { Connection } from '../../../backend/rpc/connection.ts';
import { memoryPair } from '../../../backend/rpc/memory-transport.ts';
import { StreamTransport } from '../../../backend/rpc/transport.ts';

const Double = method('double', z.strictObject({ value: z.number() }), z.number());
const Wait = method('wait', z.strictObject({}), z.string());

function connect(): { client: Connection; server: Connection } {
  const [left, right] = memoryPair();
  const client = new Connection(left);
  const server = new Connection(right);
  server.handle(Double, ({ value }) => value * 2);
  client.listen();
  server.listen();
  return { client, server };
}

const rejectsWith = (code: string, promise: Promise<unknown>) =>
  assert.rejects(promise, (error: unknown) => {
    assert.ok(error instanceof HoldfastError);
    assert.equal(error.code, code);
    return true;
  });

describe('a connection', () => {
  it('answers requests, several at once', async () => {
    const { client } = connect();
    const answers = await Promise.all([1, 2, 3].map((value) => client.request(Double, { value })));
    assert.deepEqual(answers, [2, 4, 6]);
  });

  it('carries a payload with a request', async () => {
    const { client, server } = connect();
    const Length = method('length', z.strictObject({}), z.number());
    server.handle(Length, (_, { payload }) => payload.length);
    assert.equal(await client.request(Length, {}, { payload: new Uint8Array(70_000) }), 70_000);
  });

  it('reports parameters and answers of the wrong shape, and unknown methods, in words', async () => {
    const { client, server } = connect();
    // The wrong type is the point: another version of the program could send it.
    await rejectsWith('invalid', client.request(Double, { value: 'x' as unknown as number }));
    server.handle(Wait, () => 7 as unknown as string);
    await rejectsWith('invalid', client.request(Wait, {}));
    await rejectsWith('not_found', client.request(method('nothing', z.strictObject({}), z.null()), {}));
  });

  it('passes on the code of a failure, and hides none of its words', async () => {
    const { client, server } = connect();
    server.handle(Wait, () => {
      throw new HoldfastError('conflict', 'Somebody was first.');
    });
    await assert.rejects(client.request(Wait, {}), { code: 'conflict', message: 'Somebody was first.' });
  });

  it('gives a bug in a handler to onInternalError and answers `internal`', async () => {
    const { client, server } = connect();
    const bugs: unknown[] = [];
    server.onInternalError = (error) => bugs.push(error);
    server.handle(Wait, () => {
      throw new TypeError('a bug');
    });
    await rejectsWith('internal', client.request(Wait, {}));
    assert.equal((bugs[0] as Error).message, 'a bug');
  });

  it('fails at the deadline, and tells the other side', async () => {
    const { client, server } = connect();
    const cancelled = new Promise((resolve) => {
      server.handle(Wait, (_, { signal }) => new Promise(() => signal.addEventListener('abort', resolve)));
    });
    await rejectsWith('timeout', client.request(Wait, {}, { deadline: 10 }));
    await cancelled;
  });

  it('fails when it is cancelled, before and after it was sent', async () => {
    const { client, server } = connect();
    server.handle(Wait, () => new Promise(() => {}));
    const abort = new AbortController();
    const request = client.request(Wait, {}, { signal: abort.signal });
    abort.abort();
    await rejectsWith('cancelled', request);
    await rejectsWith('cancelled', client.request(Wait, {}, { signal: abort.signal }));
  });

  it('settles everything that is pending when either side closes', async () => {
    for (const closing of ['client', 'server'] as const) {
      const pair = connect();
      pair.server.handle(Wait, () => new Promise(() => {}));
      const requests = [1, 2, 3].map(() => pair.client.request(Wait, {}, { deadline: Number.POSITIVE_INFINITY }));
      pair[closing].close();
      for (const request of requests) await rejectsWith('closed', request);
      await rejectsWith('closed', pair.client.request(Wait, {}));
    }
  });

  it('closes on a message of the wrong shape, and settles what is pending with that', async () => {
    const input = new PassThrough();
    const connection = new Connection(new StreamTransport(input, new PassThrough()));
    connection.listen();
    const request = connection.request(Wait, {});
    input.write(Buffer.concat(encodeFrame({ type: 'nonsense' })));
    await rejectsWith('malformed', request);
    assert.ok(connection.closed);
  });

  it('closes on a truncated frame with `closed`', async () => {
    const input = new PassThrough();
    const connection = new Connection(new StreamTransport(input, new PassThrough()));
    connection.listen();
    const request = connection.request(Wait, {});
    input.end(Buffer.concat(encodeFrame({ type: 'event' })).subarray(0, 12));
    await rejectsWith('closed', request);
  });
});
