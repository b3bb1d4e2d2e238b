import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { FrameDecoder } from '../../backend/protocol/frame.ts';
import { FromWorker } from '../../backend/protocol/worker/index.ts';
import { interpreters } from '../helpers/python-interpreters.ts';
import { readSamples, samplesFolder } from './samples.ts';

const workerFolder = path.join(import.meta.dirname, '../../backend/workers/python/worker');
const script = path.join(import.meta.dirname, 'check_samples.py');

interface Decoded {
  readonly name: string;
  readonly file: 'valid' | 'invalid';
  readonly accepted?: boolean;
  readonly reason?: string;
  readonly frame?: string;
}

for (const interpreter of await interpreters()) {
  describe(`sample messages and the Python worker on ${interpreter.version}`, () => {
    let answers: Decoded[] = [];

    before(() => {
      const output = execFileSync(interpreter.path, ['-B', script, workerFolder, samplesFolder], { encoding: 'utf8' });
      answers = output
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Decoded);
    });

    it('it accepts every valid message to a worker and refuses every invalid one', () => {
      const decoded = answers.filter((answer) => answer.accepted !== undefined);
      const wrong = decoded.filter(({ file, accepted }) => accepted !== (file === 'valid'));
      assert.deepEqual(wrong, []);
      const asked = [...readSamples('valid'), ...readSamples('invalid')];
      assert.equal(decoded.length, asked.filter(({ direction }) => direction === 'to_worker').length);
    });

    it('what it sends is what the schemas accept', () => {
      const samples = readSamples('valid').filter(({ direction }) => direction === 'from_worker');
      const sent = answers.filter((answer) => answer.frame !== undefined);
      assert.equal(sent.length, samples.length);
      for (const [index, { frame }] of sent.entries()) {
        const [message] = new FrameDecoder().push(Buffer.from(frame ?? '', 'base64'));
        const { id, timestamp, ...fields } = FromWorker.parse(message?.header);
        assert.deepEqual({ id, fields }, { id: 1, fields: withoutIds(samples[index]?.header) });
        assert.ok(timestamp > 0);
        assert.equal(Buffer.from(message?.payload ?? []).toString(), samples[index]?.payload ?? '');
      }
    });
  });
}

function withoutIds(header: unknown): object {
  const { id: _id, timestamp: _timestamp, ...fields } = header as Record<string, unknown>;
  return fields;
}
