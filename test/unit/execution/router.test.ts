import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { Router } from '../../../backend/execution/router.ts';
import { Dialect, Mode } from '../../../backend/protocol/values.ts';

const table = readFileSync(path.join(import.meta.dirname, '../../fixtures/router/javascript.txt'), 'utf8');

/** Sessions: cells in order with their modes. The form is told at the head of the file. */
function* sessions(): Generator<{ name: string; dialect: Dialect; cells: [code: string, mode: Mode][] }> {
  for (const part of table.split(/^## /m).slice(1)) {
    const [heading = '', ...lines] = part.split('\n');
    const [, name = heading, dialect = 'javascript'] = /^(.*?)(?: \[(\w+)\])?$/.exec(heading) ?? [];
    const cells: [string, Mode][] = [];
    let code: string[] = [];
    for (const line of lines) {
      const mode = /^-> (\w+)$/.exec(line)?.[1];
      if (mode === undefined) {
        if (line !== '') code.push(line);
        continue;
      }
      cells.push([code.join('\n'), Mode.parse(mode)]);
      code = [];
    }
    assert.deepEqual(code, [], `the last cell of "${name}" has no mode`);
    yield { name, dialect: dialect as Dialect, cells };
  }
}

describe('Router', () => {
  let count = 0;
  for (const { name, dialect, cells } of sessions()) {
    describe(`${name} (${dialect})`, () => {
      const router = new Router();
      for (const [code, mode] of cells) {
        count++;
        it(`${mode}: ${code.replaceAll('\n', ' ')}`, () => assert.equal(router.modeOf(code, dialect), mode));
      }
    });
  }

  it('is held by at least 70 cells', () => assert.ok(count >= 70, String(count)));

  it('forgets names with the worker: a new one knows none', () => {
    const first = new Router();
    first.modeOf('const cp = require("child_process")', 'javascript');
    assert.equal(first.modeOf('cp.execSync("x")', 'javascript'), 'blocking_sync');
    assert.equal(new Router().modeOf('cp.execSync("x")', 'javascript'), 'simple_sync');
  });

  it('leaves Python to its worker', () => assert.equal(new Router().modeOf('await x', 'python'), 'unknown'));

  it('does not read a cell of more than 64 KiB', () => {
    const router = new Router();
    const await1 = 'await 1;'.padEnd(64 * 1024);
    assert.equal(router.modeOf(await1, 'javascript'), 'top_level_await');
    assert.equal(router.modeOf(`${await1} `, 'javascript'), 'unknown');
  });

  it('throws at nothing: code that is nested too deeply, broken, or hostile is `unknown` or read as far as it goes', () => {
    const router = new Router();
    assert.equal(router.modeOf('['.repeat(100_000), 'javascript'), 'unknown');
    assert.equal(router.modeOf(`${'('.repeat(60_000)}1${')'.repeat(60_000)}`, 'typescriptreact'), 'unknown');
    for (const code of [
      'import(,name)',
      '\0',
      '\ud800',
      '`${',
      '/(',
      'const __proto__ = require("fs"); const { __proto__: p } = __proto__; p()',
    ]) {
      assert.ok(Mode.safeParse(router.modeOf(code, 'typescript')).success, code);
    }
  });

  it('throws at no cell that is half written', () => {
    const cells = [...sessions()].flatMap((session) => session.cells.map(([code]) => code));
    const edit = fc.tuple(
      fc.constantFrom(...cells),
      fc.nat(),
      fc.constantFrom('', '(', ',', '{', '`', '.', ' = '),
      fc.nat(2),
    );
    const router = new Router();
    fc.assert(
      fc.property(edit, fc.constantFrom(...Dialect.options), ([code, at, inserted, deleted], dialect) => {
        const place = at % (code.length + 1);
        router.modeOf(code.slice(0, place) + inserted + code.slice(place + deleted), dialect);
      }),
      { numRuns: 2000 },
    );
    assert.equal(router.modeOf('Atomics.wait(words, , 0, 1)', 'javascript'), 'blocking_sync');
  }).timeout(20_000);

  it('keeps a bounded number of names', () => {
    const router = new Router();
    router.modeOf('const first = require("fs")', 'javascript');
    for (let part = 0; part < 11; part++) {
      const names = Array.from({ length: 1000 }, (_, i) => `f${part}_${i} = require('fs')`);
      router.modeOf(`const ${names.join()}`, 'javascript');
    }
    assert.equal(router.modeOf('first.statSync("x")', 'javascript'), 'simple_sync');
    assert.equal(router.modeOf('f10_999.statSync("x")', 'javascript'), 'blocking_sync');
  });
});
