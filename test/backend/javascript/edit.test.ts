import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Edit, EditOutcome } from '../../../backend/protocol/inspection.ts';
import { Session } from './session.ts';

describe('JavaScript worker: edits', () => {
  let session: Session;

  before(async () => {
    session = await Session.start();
  });

  after(() => session.stop());

  async function edit(change: Edit): Promise<EditOutcome> {
    const id = session.worker.send({ type: 'edit_namespace', edit: change });
    return (await session.worker.next('namespace_edited', ({ replyTo }) => replyTo === id)).outcome;
  }

  const set = (name: string, text: string) => edit({ kind: 'set', name, text });

  async function refused(change: Edit, message: RegExp): Promise<void> {
    const outcome = await edit(change);
    assert.equal(outcome.status, 'failed', JSON.stringify(outcome));
    assert.match(outcome.status === 'failed' ? outcome.message : '', message);
  }

  for (const [text, shown] of [
    ['42', '42'],
    [' -1.5e3 ', '-1500'],
    ['-0', '-0'],
    ['+7', '7'],
    ['0xff', '255'],
    ['1_000n', '1000n'],
    ['-2n', '-2n'],
    ['"a\\nb"', "'a\\nb'"],
    ["'it'", "'it'"],
    ['`two\nlines`', "'two\\nlines'"],
    ['true', 'true'],
    ['null', 'null'],
    ['NaN', 'NaN'],
    ['-Infinity', '-Infinity'],
    ['[1, [2, "x"], null]', "[ 1, [ 2, 'x' ], null ]"],
    ['{ a: 1, "b c": [true], 3: {} }', "{ '3': {}, a: 1, 'b c': [ true ] }"],
    ['{}', '{}'],
    ['{ "constructor": 1 }', '{ constructor: 1 }'],
  ] as const) {
    it(`sets a variable to ${text}`, async () => {
      await session.js('let target = "before"');
      assert.deepEqual(await set('target', text), { status: 'done' });
      assert.equal(await session.text('target'), shown);
    });
  }

  it('sets a variable to undefined, and makes a new one', async () => {
    await session.js('let target = 1');
    assert.deepEqual(await set('target', 'undefined'), { status: 'done' });
    assert.equal(await session.text('typeof target'), "'undefined'");
    assert.deepEqual(await set('brand_new', '[1]'), { status: 'done' });
    assert.equal(await session.text('brand_new'), '[ 1 ]');
  });

  for (const text of [
    '',
    'f()',
    'new Date()',
    '1 + 1',
    `\`a\${x}\``,
    '[1, ...x]',
    '[1,, 2]',
    '{ get a() { return 1 } }',
    '{ [x]: 1 }',
    '{ __proto__: null }',
    '{ a }',
    'x',
    '/x/',
    '1; 2',
    '1, 2',
    '() => 1',
    '!0',
    'typeof 1',
    '(',
    `${'['.repeat(50_000)}`,
  ]) {
    it(`takes no ${text.slice(0, 30) || 'empty text'} for a literal`, async () => {
      await session.js('let target = "before"');
      await refused({ kind: 'set', name: 'target', text }, /is not a literal\. Enter a number/);
      assert.equal(await session.text('target'), "'before'");
    });
  }

  it('tells the change before it answers', async () => {
    await session.js('let told = 1');
    const from = session.worker.messages.length;
    await set('told', '2');
    const [change, answer] = session.worker.messages.slice(from);
    assert.equal(change?.type === 'namespace_changed' && change.executionId, null);
    assert.deepEqual(change?.type === 'namespace_changed' && change.changed.map(({ preview }) => preview), ['2']);
    assert.equal(answer?.type, 'namespace_edited');
  });

  it('is seen by functions and by constants of earlier cells', async () => {
    await session.js('const limit = 1; function twice() { return limit * 2 }');
    await set('limit', '21');
    assert.equal(await session.text('twice()'), '42');
  });

  it('deletes', async () => {
    await session.js('const gone = 1');
    assert.deepEqual(await edit({ kind: 'delete', name: 'gone' }), { status: 'done' });
    assert.equal(await session.text('typeof gone'), "'undefined'");
    await refused({ kind: 'delete', name: 'gone' }, /no variable “gone”/);
    await refused({ kind: 'delete', name: 'fetch' }, /no variable “fetch”/);
    await session.js('Object.defineProperty(globalThis, "pinned", { value: 1 })');
    await refused({ kind: 'delete', name: 'pinned' }, /code has defined it so/);
    await refused({ kind: 'set', name: 'pinned', text: '2' }, /code has defined it so/);
  });

  it('renames', async () => {
    await session.js('const first = { a: 1 }, other = 2');
    assert.deepEqual(await edit({ kind: 'rename', name: 'first', to: 'zweite_ä' }), { status: 'done' });
    assert.equal(await session.text('[zweite_ä, typeof first]'), "[ { a: 1 }, 'undefined' ]");
    assert.deepEqual(await edit({ kind: 'rename', name: 'other', to: 'other' }), { status: 'done' });
    await refused({ kind: 'rename', name: 'other', to: 'zweite_ä' }, /a variable “zweite_ä” already/);
    await refused({ kind: 'rename', name: 'missing', to: 'x' }, /no variable “missing”/);
    for (const to of ['class', 'a b', '1a', 'a.b', 'await', 'let', ' a', 'a;', 'null', 'x\n']) {
      await refused({ kind: 'rename', name: 'other', to }, /cannot be the name of a variable/);
    }
    for (const to of ['_', 'In', '_exception']) {
      await refused({ kind: 'rename', name: 'other', to }, /belongs to the session/);
    }
    for (const to of ['Array', 'undefined', 'process', 'globalThis', '__holdfast_page']) {
      await refused({ kind: 'rename', name: 'other', to }, /belongs to JavaScript or Node/);
    }
    assert.equal(await session.text('other'), '2');
  });

  it("leaves the engine's names and the language's alone", async () => {
    await session.js('41');
    for (const name of ['_', 'Out']) await refused({ kind: 'set', name, text: '1' }, /belongs to the session/);
    for (const name of ['Map', 'NaN']) await refused({ kind: 'set', name, text: '1' }, /belongs to JavaScript or Node/);
    assert.equal(await session.text('_'), '41');
    await session.js('const fetch = 1');
    assert.deepEqual(await set('fetch', '2'), { status: 'done' });
    assert.equal(await session.text('fetch'), '2');
  });

  it('edits a name that a cell has taken over from the engine', async () => {
    const own = await Session.start();
    try {
      await own.js('const __ = 1');
      const id = own.worker.send({ type: 'edit_namespace', edit: { kind: 'set', name: '__', text: '5' } });
      await own.worker.next('namespace_edited', ({ replyTo }) => replyTo === id);
      assert.equal(await own.text('__'), '5');
    } finally {
      await own.stop();
    }
  });

  it('is refused at once while a cell runs or waits', async () => {
    const { worker } = session;
    for (const code of ['for (;;);', 'await new Promise(() => {})']) {
      const execution = worker.execute({ code, dialect: 'javascript' });
      const { timestamp } = await execution.started;
      const outcome = await set('target', '1');
      assert.equal(outcome.status, 'busy');
      assert.ok(outcome.status === 'busy' && Math.abs(outcome.since - timestamp) < 1000);
      worker.send({ type: 'cancel', executionId: execution.id });
      await execution.finished;
    }
  });

  it('has failed when work in the background keeps the thread, and is not done later', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'holdfast-edit-'));
    try {
      const end = path.join(folder, 'end');
      const busy = session.worker.next('output');
      await session.js(`let untouched = "before"; const { existsSync } = require("node:fs");
        setTimeout(() => { console.log("busy"); while (!existsSync(${JSON.stringify(end)})); })`);
      await busy;
      const outcome = await set('untouched', '"after"');
      assert.match(outcome.status === 'failed' ? outcome.message : outcome.status, /kept the session busy/);
      await writeFile(end, '');
      assert.equal(await session.text('untouched'), "'before'");
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
