import assert from 'node:assert/strict';
import { FromWorker, ToWorker } from '../../backend/protocol/worker/index.ts';
import { readSamples, type Sample } from './samples.ts';

const schemas = { to_worker: ToWorker, from_worker: FromWorker };
const check = ({ direction, header }: Sample) => schemas[direction].safeParse(header);

describe('sample messages and the schemas', () => {
  for (const sample of readSamples('valid')) {
    it(`accept ${sample.direction}: ${sample.name}`, () => {
      const checked = check(sample);
      assert.ok(checked.success, checked.error?.message);
      assert.deepEqual(checked.data, sample.header);
    });
  }

  for (const sample of readSamples('invalid')) {
    it(`refuse ${sample.direction}: ${sample.name}`, () => assert.equal(check(sample).success, false));
  }

  it('have a valid sample of every message', () => {
    for (const direction of ['to_worker', 'from_worker'] as const) {
      const sampled = new Set(
        readSamples('valid')
          .filter((sample) => sample.direction === direction)
          .map((sample) => (sample.header as { type: string }).type),
      );
      const known = schemas[direction].options.map((option) => option.shape.type.value);
      assert.deepEqual([...sampled].sort(), known.sort());
    }
  });

  it('name each sample once', () => {
    for (const file of ['valid', 'invalid'] as const) {
      const names = readSamples(file).map(({ direction, name }) => `${direction} ${name}`);
      assert.equal(new Set(names).size, names.length);
    }
  });
});
