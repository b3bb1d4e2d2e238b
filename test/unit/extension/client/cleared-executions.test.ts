import assert from 'node:assert/strict';
import path from 'node:path';
import { ClearedExecutions } from '../../../../extension/client/cleared-executions.ts';
import { KeptFile } from '../../../../extension/platform/kept-file.ts';
import { makeTemporary, removeTemporary } from '../../../../scripts/lib/temporary.ts';

describe('what was cleared away', () => {
  let folder: string;
  const open = () => new KeptFile(path.join(folder, 'window.json'), (message) => assert.fail(message));
  beforeEach(async () => {
    folder = await makeTemporary('hf-cleared');
  });
  afterEach(() => removeTemporary(folder));

  it('is known to the next window, what came later is not', () => {
    const kept = open();
    const before = Date.now();
    new ClearedExecutions(kept).add(['a', 'b']);
    kept.dispose();
    const next = new ClearedExecutions(open());
    assert.deepEqual(
      [next.has('a', before), next.has(null, before), next.has('c', before), next.has('a', Date.now() + 1)],
      [true, true, false, false],
    );
  });

  it('is the newest, and nothing when another version has written it otherwise', () => {
    const kept = open();
    const cleared = new ClearedExecutions(kept);
    cleared.add(Array.from({ length: 300 }, (_, n) => `e${n}`));
    assert.deepEqual([cleared.has('e99', 0), cleared.has('e100', 0)], [false, true]);
    for (const odd of [null, 'x', { ids: 'x', until: [] }]) {
      kept.write('cleared', odd);
      kept.dispose();
      assert.equal(new ClearedExecutions(open()).has('e100', 1), false);
    }
  });
});
