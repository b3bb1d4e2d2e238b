import assert from 'node:assert/strict';
import { type Plan, planCell } from '../../../backend/execution/plan.ts';
import { Router } from '../../../backend/execution/router.ts';
import { DEFAULT_SETTINGS } from '../../../backend/protocol/client/index.ts';
import type { Dialect } from '../../../backend/protocol/values.ts';
import { languageOfDialect } from '../../../backend/workers/index.ts';

function planned(code: string, dialect: Dialect, blockingCells: 'main' | 'thread' = 'main') {
  const settings = { ...DEFAULT_SETTINGS, python: { ...DEFAULT_SETTINGS.python, blockingCells, autoreload: true } };
  return planCell({ code, dialect, language: languageOfDialect(dialect), router: new Router(), settings });
}

const python = (plan: Partial<Plan>): Plan => ({ mode: null, thread: 'never', autoreload: true, ...plan });

describe('the plan of a cell', () => {
  it('leaves the mode of Python to the worker and finds that of JavaScript', () => {
    assert.deepEqual(planned('1', 'python'), python({}));
    assert.equal((planned('await 1', 'typescript') as Plan).mode, 'top_level_await');
  });

  it('uses the thread as the settings say, unless the cell says otherwise', () => {
    assert.deepEqual(planned('1', 'python', 'thread'), python({ thread: 'blocking' }));
    assert.deepEqual(planned('# holdfast: main\n1', 'python', 'thread'), python({ thread: 'never' }));
    assert.deepEqual(planned('# %% title\n# holdfast: thread\n1', 'python'), python({ thread: 'always' }));
  });

  it('takes the mode that the cell names', () => {
    assert.deepEqual(planned('# holdfast: blocking_sync\n1', 'python'), python({ mode: 'blocking_sync' }));
    assert.equal((planned('// holdfast: blocking_sync\nf()', 'javascript') as Plan).mode, 'blocking_sync');
  });

  it('refuses a word that it does not know, and says which there are', () => {
    const report = planned('# holdfast: thred', 'python');
    assert.ok('message' in report);
    assert.equal(
      report.message,
      '"# holdfast: thred" is not known. Write thread, main, idempotent, a mode such as blocking_sync, or delete the line.',
    );
  });

  it('refuses the thread where there is none', () => {
    const report = planned('// holdfast: thread\n1', 'typescript');
    assert.ok('message' in report);
    assert.match(report.message, /no meaning in JavaScript\/TypeScript/);
  });
});
