import assert from 'node:assert/strict';
import { type Directives, readDirectives } from '../../../backend/execution/directives.ts';
import { languageById } from '../../../backend/workers/index.ts';

const python = languageById('python');
const javascript = languageById('javascript');
const none: Directives = { mode: null, thread: null, idempotent: false, unknown: [] };

describe('Directives of a cell', () => {
  const cells: [string, string, Partial<Directives>][] = [
    ['none', 'x = 1', {}],
    ['a thread', '# holdfast: thread\nx = 1', { thread: 'always' }],
    ['the main thread', '#holdfast:main', { thread: 'never' }],
    ['a mode', '# holdfast: blocking_sync', { mode: 'blocking_sync' }],
    [
      'several words',
      '# holdfast: thread, idempotent blocking_sync,',
      { mode: 'blocking_sync', thread: 'always', idempotent: true },
    ],
    [
      'several lines',
      '# holdfast: thread\n\n# prose\n# holdfast: idempotent\nx',
      { thread: 'always', idempotent: true },
    ],
    ['behind the cell marker', '# %% title\n# holdfast: thread', { thread: 'always' }],
    [
      'behind a shebang, a byte order mark and blank lines',
      '\ufeff#!/usr/bin/env python\r\n\r\n  # holdfast: main\r\n',
      { thread: 'never' },
    ],
    ['not behind the first code', 'x = 1\n# holdfast: thread', {}],
    ['not in a comment behind code', 'x = 1 # holdfast: thread', {}],
    ['not in prose', '# see holdfast: thread', {}],
    [
      'the later of two that disagree',
      '# holdfast: thread\n# holdfast: main, unknown',
      { thread: 'never', mode: 'unknown' },
    ],
    [
      'words it does not know',
      '# holdfast: threads, Thread thread',
      { thread: 'always', unknown: ['threads', 'Thread'] },
    ],
  ];
  for (const [what, code, expected] of cells) {
    it(`read ${what}`, () => assert.deepEqual(readDirectives(code, python), { ...none, ...expected }));
  }

  it("begin with the language's own comment", () => {
    assert.deepEqual(readDirectives('#!/usr/bin/env node\n// %%\n// holdfast: idempotent', javascript), {
      ...none,
      idempotent: true,
    });
    assert.deepEqual(readDirectives('// holdfast: thread', python), none);
    assert.deepEqual(readDirectives('# holdfast: thread', javascript), none);
  });

  it('are bounded, however long the head of the cell', () => {
    const { unknown } = readDirectives(
      `# holdfast: ${'w'.repeat(100)} ${Array.from({ length: 99 }, (_, i) => `w${i}`)}`,
      python,
    );
    assert.equal(unknown.length, 10);
    assert.equal(unknown[0]?.length, 50);
    assert.deepEqual(readDirectives(`${'#\n'.repeat(100)}# holdfast: thread`, python), none);
  });
});
