import assert from 'node:assert/strict';
import type { ValueFacts } from '../../backend/protocol/values.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import { languages } from '../../backend/workers/index.ts';
import type { LanguageId } from '../../backend/workers/language.ts';
import { TestSession, TestWorkspace } from '../helpers/backend.ts';

type Case = readonly [code: string, facts: ValueFacts | undefined];
const facts = (type: string, length: number | null = null, table?: number): ValueFacts => ({
  type,
  length,
  shape: null,
  ...(table !== undefined && { table }),
});

const CASES: Readonly<Record<LanguageId, readonly Case[]>> = {
  python: [
    ['1', facts('int')],
    ['[1, 2, 3]', facts('list', 3, 2)],
    ['[]', facts('list', 0)],
    ['"abc"', facts('str', 3)],
    ['class Wrong(list):\n  def __len__(self): raise ValueError\nWrong("ab")', facts('Wrong', 2)],
    ['None', undefined],
    ['a = 1', undefined],
  ],
  javascript: [
    ['1', facts('number')],
    ['[1, 2, 3]', facts('Array', 3, 2)],
    ['[]', facts('Array', 0)],
    ['new Map([[1, 2]])', facts('Map', 1, 4)],
    ['new (class Wrong { get length() { throw new Error() } })', facts('Wrong')],
    ['undefined', undefined],
    ['const a = 1', undefined],
  ],
};

for (const { id, label } of languages) {
  describe(`what is told of a value beside it: ${label}`, () => {
    let workspace: TestWorkspace;
    let client: BackendClient;

    before(async () => {
      workspace = await TestWorkspace.make();
      client = await workspace.connect();
    });
    after(() => workspace.remove());

    it('is its type and its size, and nothing where there is no value', async () => {
      const session = await TestSession.open(client, id);
      for (const [code, expected] of CASES[id]) {
        const { outcome } = await session.run(code);
        assert.ok(outcome.status === 'succeeded', JSON.stringify(outcome));
        assert.deepEqual(outcome.facts, expected, code);
      }
    });
  });
}
