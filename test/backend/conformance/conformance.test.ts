import assert from 'node:assert/strict';
import type { BackendClient } from '../../../backend/rpc/client.ts';
import { languages } from '../../../backend/workers/index.ts';
import type { LanguageId } from '../../../backend/workers/language.ts';
import { TestSession, TestWorkspace } from '../../helpers/backend.ts';
import { type Case, cases, type Expected } from './cases.ts';

function expectedFor(expected: Expected, language: LanguageId): readonly string[] {
  return 'python' in expected ? expected[language] : expected;
}

async function play(
  session: TestSession,
  language: LanguageId,
  { cells, expected, answers, cancelWhen }: Case,
): Promise<void> {
  const own = cells[language];
  for (const [index, code] of own.entries()) {
    const cancels = cancelWhen !== undefined && code.includes(cancelWhen);
    const { lines, executionId } = await session.run(code, {
      ...(answers && index === 0 ? { answers } : {}),
      ...(cancels ? { when: [cancelWhen, (_, id) => void session.cancel(id)] } : {}),
    });
    const golden = expected[index];
    assert.ok(golden, `cell ${index} has no golden transcript`);
    assert.deepEqual(lines, expectedFor(golden, language), `cell ${index}`);
    const ends = session.events.filter(({ event }) => event.kind === 'finished' && event.executionId === executionId);
    assert.equal(ends.length, 1, 'exactly one terminal event');
  }
}

for (const { id, label } of languages) {
  describe(`conformance: ${label}`, () => {
    let workspace: TestWorkspace;
    let client: BackendClient;

    before(async () => {
      workspace = await TestWorkspace.make();
      client = await workspace.connect();
    });
    after(() => workspace.remove());

    for (const one of cases) {
      it(one.name, async () => {
        const session = await TestSession.open(client, id, { name: `${id}: ${one.name}` });
        await play(session, id, one);
      });
    }
  });
}
