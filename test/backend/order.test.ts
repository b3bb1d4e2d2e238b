import assert from 'node:assert/strict';
import type { BackendClient } from '../../backend/rpc/client.ts';
import { languages } from '../../backend/workers/index.ts';
import type { LanguageId } from '../../backend/workers/language.ts';
import { TestSession, TestWorkspace } from '../helpers/backend.ts';

const MIXED: Readonly<Record<LanguageId, string>> = {
  python: 'for n in range(20):\n  print("a", n)\n  display(n)\n  print("b", n)\ninput("?")\nprint("c")',
  javascript:
    'for (let n = 0; n < 20; n++) { console.log("a", n); display(n); console.log("b", n) }\nawait input("?"); console.log("c")',
};
const FLOOD: Readonly<Record<LanguageId, string>> = {
  python: 'import sys\nfor n in range(50000):\n  print(n)\n  if n % 100 == 0: print(n, file=sys.stderr)\n"end"',
  javascript: 'for (let n = 0; n < 50000; n++) { console.log(n); if (n % 100 === 0) console.error(n) }\n"end"',
};
const LATER: Readonly<Record<LanguageId, string>> = {
  python: 'import threading\nthreading.Timer(0.3, lambda: print("later")).start()',
  javascript: 'setTimeout(() => console.log("later"), 300); undefined',
};

for (const { id, label } of languages) {
  describe(`the order of what a program does: ${label}`, () => {
    let workspace: TestWorkspace;
    let client: BackendClient;

    before(async () => {
      workspace = await TestWorkspace.make();
      client = await workspace.connect();
    });
    after(() => workspace.remove());

    it('keeps output, displays and prompts as they were made', async () => {
      const session = await TestSession.open(client, id);
      const { executionId } = await session.run(MIXED[id], { answers: [''] });
      let told = '';
      for (const { event, payload } of session.events) {
        if (event.kind === 'output' && event.executionId === executionId) told += Buffer.from(payload).toString();
        if (event.kind === 'display') told += `display ${Buffer.from(payload).toString()}\n`;
        if (event.kind === 'prompt_opened') told += 'prompt\n';
      }
      const loop = Array.from({ length: 20 }, (_, n) => `a ${n}\ndisplay ${n}\nb ${n}\n`).join('');
      assert.equal(told.replaceAll(/display (\d+).*\n/g, 'display $1\n'), `${loop}prompt\nc\n`);
    });

    it('output before result: every byte comes before the terminal event', async () => {
      const session = await TestSession.open(client, id);
      const { executionId, stdout, stderr } = await session.run(FLOOD[id]);
      assert.equal(stdout, Array.from({ length: 50_000 }, (_, n) => `${n}\n`).join(''));
      assert.equal(stderr, Array.from({ length: 500 }, (_, n) => `${n * 100}\n`).join(''));
      const kinds = session.events.filter(({ event }) => 'executionId' in event && event.executionId === executionId);
      assert.equal(kinds.at(-1)?.event.kind, 'finished');
    });

    it('output of background work belongs to the session, not to the next cell', async () => {
      const session = await TestSession.open(client, id);
      await session.run(LATER[id]);
      await session.until(() => session.output(null, 'stdout').includes('later') || undefined);
      assert.equal(session.output(null, 'stdout'), 'later\n');
    });
  });
}
