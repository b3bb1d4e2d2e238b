import assert from 'node:assert/strict';
import { DISTURBANCES, work } from '../../helpers/durable/disturbed-work.ts';
import { randomFrom } from '../../helpers/random.ts';

describe('somebody’s work, disturbed at random moments (npm run test:faults has more of it)', () => {
  const seed = Number(process.env['HOLDFAST_WORK_SEED'] ?? Date.now() % 1e9);
  before(() => console.log(`    HOLDFAST_WORK_SEED=${seed}`));

  for (const language of ['python', 'javascript'] as const) {
    it(`comes to the same as undisturbed, in every variable and every byte: ${language}`, async function () {
      this.timeout(120_000);
      const random = randomFrom(seed);
      const undisturbed = await work({ language, cells: 24, disturbances: [], random });
      const disturbances = [...DISTURBANCES, ...DISTURBANCES];
      const disturbed = await work({ language, cells: 24, disturbances, random });
      assert.deepEqual(disturbed.printed, undisturbed.printed);
      assert.equal(disturbed.variables, undisturbed.variables);
      assert.ok(disturbed.checked >= 24);
      assert.ok(disturbed.disturbed.length > 0, 'nothing had happened before it was done');
    });
  }
});
