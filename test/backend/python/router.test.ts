import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { interpreters, Session } from './session.ts';

const workerFolder = path.join(import.meta.dirname, '../../../backend/workers/python/worker');
const script = path.join(import.meta.dirname, 'check_router.py');
const table = path.join(import.meta.dirname, '../../fixtures/router/python.py');

interface Labelled {
  readonly session: string;
  readonly code: string;
  readonly line: number;
  readonly expected: string;
  readonly mode: string;
}

for (const interpreter of await interpreters()) {
  describe(`the router on Python ${interpreter.version}`, () => {
    const read = execFileSync(interpreter.path, ['-B', script, workerFolder, table], { encoding: 'utf8' });
    const cells = read
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Labelled);
    const sessions = Map.groupBy(cells, ({ session }) => session);

    it('has a table of at least 70 cells', () => assert.ok(cells.length >= 70));

    for (const [name, own] of sessions) {
      it(name.replace(/^runs: /, ''), () => {
        const told = (key: 'mode' | 'expected') => own.map((cell) => `${cell[key]} (line ${cell.line}) ${cell.code}`);
        assert.deepEqual(told('mode'), told('expected'));
      });
    }

    it('reports the same modes when a whole worker runs the cells', async () => {
      for (const [name, own] of sessions) {
        if (!name.startsWith('runs: ')) continue;
        const session = await Session.start(interpreter);
        try {
          for (const { code, expected, line } of own) {
            const { mode, error } = await session.run(code);
            assert.deepEqual([mode, error?.traceback], [expected, undefined], `line ${line}: ${code}`);
          }
        } finally {
          await session.stop();
        }
      }
    });

    it('stands in the way of no expression, however deep, that Python runs', async () => {
      const session = await Session.start(interpreter);
      const sum = Array.from({ length: 900 }, () => '1').join('+');
      try {
        assert.equal(await session.text(sum), '900');
      } finally {
        await session.stop();
      }
    });
  });
}
