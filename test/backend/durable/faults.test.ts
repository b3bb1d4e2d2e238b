import assert from 'node:assert/strict';
import { corruptionRounds, killRounds } from '../../helpers/durable/fault-rounds.ts';

describe('acknowledged means durable (invariant 6; npm run test:faults has more rounds)', () => {
  it('through kills at random moments', async function () {
    this.timeout(60_000);
    const { lost, checked } = await killRounds(8);
    assert.deepEqual(lost, []);
    assert.ok(checked > 0, `only ${checked} operations were acknowledged`);
  });

  it('up to the damaged place of a file', async function () {
    this.timeout(60_000);
    const { lost, checked } = await corruptionRounds(40);
    assert.deepEqual(lost, []);
    assert.ok(checked > 500, `only ${checked} operations were checked`);
  });
});
