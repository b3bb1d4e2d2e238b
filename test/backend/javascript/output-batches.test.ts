import assert from 'node:assert/strict';
import type { Stream } from '../../../backend/protocol/values.ts';
import { OutputBatches } from '../../../backend/workers/javascript/control/output-batches.ts';
import { tagOf } from '../../../backend/workers/javascript/shared/memory.ts';

interface Message {
  readonly serial: number;
  readonly stream: Stream;
  readonly text: string;
}

describe('JavaScript worker: batches of output', () => {
  let messages: Message[];
  let batches: OutputBatches;

  beforeEach(() => {
    messages = [];
    batches = new OutputBatches((serial, stream, text) => messages.push({ serial, stream, text: text.toString() }));
  });

  const add = (stream: Stream, text: string, serial = 1) => batches.add(tagOf(serial, stream), Buffer.from(text));
  const written = (stream: Stream) =>
    messages
      .filter((message) => message.stream === stream)
      .map(({ text }) => text)
      .join('');

  it('keep a few changes between the streams as they were made', () => {
    for (const n of [1, 2, 3]) {
      add('stdout', `out ${n}\n`);
      add('stdout', `more ${n}\n`);
      add('stderr', `err ${n}\n`);
    }
    batches.flush();
    const texts = messages.map(({ text }) => text);
    assert.deepEqual(
      texts,
      [1, 2, 3].flatMap((n) => [`out ${n}\nmore ${n}\n`, `err ${n}\n`]),
    );
  });

  it('make few messages of a flood on both streams, in order within each', () => {
    const lines = Array.from({ length: 50_000 }, (_, n) => `line ${n}\n`);
    for (const line of lines) {
      add('stdout', line);
      add('stderr', line);
    }
    batches.flush();
    assert.equal(written('stdout'), lines.join(''));
    assert.equal(written('stderr'), lines.join(''));
    assert.ok(messages.length < 30, `${messages.length} messages`);
  });

  it('bound a message', () => {
    for (let n = 0; n < 100; n++) add(n % 2 ? 'stdout' : 'stderr', 'x'.repeat(48 * 1024));
    batches.flush();
    assert.equal(written('stdout').length + written('stderr').length, 100 * 48 * 1024);
    for (const { text } of messages) assert.ok(text.length <= 256 * 1024);
  });

  it('never mix executions, whose order within a stream stays', () => {
    for (let n = 0; n < 50; n++) {
      add('stdout', `a${n} `, 1);
      add('stderr', `e${n} `, 1);
      add('stdout', `b${n} `, 2);
    }
    batches.flush();
    assert.equal(written('stdout'), Array.from({ length: 50 }, (_, n) => `a${n} b${n} `).join(''));
    for (const { serial, stream, text } of messages)
      if (stream === 'stdout') assert.equal(/^(a\d+ )+$/.test(text), serial === 1);
  });

  it('hold nothing after a flush', () => {
    add('stderr', 'one');
    batches.flush();
    batches.flush();
    assert.deepEqual(messages, [{ serial: 1, stream: 'stderr', text: 'one' }]);
  });
});
