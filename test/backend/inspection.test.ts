import assert from 'node:assert/strict';
import {
  CompleteNamespace,
  EditSessionNamespace,
  InspectNamespaceValue,
  KillSession,
  ReadNamespaceValue,
} from '../../backend/protocol/client/index.ts';
import type { Edit, Reading } from '../../backend/protocol/inspection.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import { TestSession, TestWorkspace } from '../helpers/backend.ts';

const LANGUAGES = ['python', 'javascript'] as const;

/** What is written differently in the two languages. */
const CODE = {
  python: {
    setUp: `
class Point:
  def __init__(self): self.x = 1
  def move(self): pass
  @property
  def loud(self): called.append("property")
  def __repr__(self): called.append("repr"); return "?"
  def __getattr__(self, name): called.append(name); raise AttributeError(name)
called = []
numbers = list(range(3))
table = {"k": [1, {"deep": 2}], "__proto__": 3}
point = Point()
cyclic = []
cyclic.append(cyclic)
many = list(range(10**6))
wide = "x" * 10**6
things = {"a": wide, "b": [wide] * 10}
rows = [{"n": 2, "s": "b"}, {"n": 1, "s": "a"}]
`,
    loop: 'turn = 0\nwhile True: turn += 1',
    wait: 'import asyncio\nawait asyncio.sleep(1000)',
    deep: 'table["k"][1]["deep"]',
    called: 'print(called)',
    nothing: '[]\n',
    refused: [
      'point.move()',
      'numbers[1:]',
      'numbers + numbers',
      'missing',
      'numbers[9]',
      'point.missing',
      'point.loud.x',
    ],
    method: 'move',
    literal: { text: '{"a": [1, None]}', shown: "{'a': [1, None]}" },
    forbidden: 'class',
  },
  javascript: {
    setUp: `
class Point {
  x = 1;
  move() {}
  get loud() { called.push('getter'); }
  toString() { called.push('toString'); }
}
const called = [];
const numbers = [0, 1, 2];
const table = JSON.parse('{"k": [1, {"deep": 2}], "__proto__": 3}');
const point = new Point();
const cyclic = [];
cyclic.push(cyclic);
const many = Array.from({ length: 1e6 }, (_, i) => i);
const wide = 'x'.repeat(1e6);
const things = { a: wide, b: new Array(10).fill(wide) };
const rows = [{ n: 2, s: 'b' }, { n: 1, s: 'a' }];
const trap = new Proxy({}, { get() { called.push('trap') }, ownKeys() { called.push('keys'); return [] } });
undefined;
`,
    loop: 'let turn = 0; for (;;) turn++',
    wait: 'await new Promise(() => {})',
    deep: 'table["k"][1]["deep"]',
    called: 'console.log(JSON.stringify(called))',
    nothing: '[]\n',
    refused: [
      'point.move()',
      'numbers?.[0]',
      'numbers + numbers',
      'missing',
      'numbers[9]',
      'point.missing',
      'point.loud.x',
      'trap.x',
    ],
    method: 'move',
    literal: { text: '{ a: [1, null] }', shown: '{ a: [1, null] }' },
    forbidden: 'class',
  },
};

for (const language of LANGUAGES) {
  const code = CODE[language];

  describe(`inspection through the backend: ${language}`, () => {
    let workspace: TestWorkspace;
    let client: BackendClient;
    let session: TestSession;

    before(async () => {
      workspace = await TestWorkspace.make();
      client = await workspace.connect();
      session = await TestSession.open(client, language);
      const { outcome } = await session.run(code.setUp);
      assert.equal(outcome.status, 'succeeded', JSON.stringify(outcome));
    });
    after(() => workspace.remove());

    const inspect = (expression: string, path: number[] = [], start = 0, count = 10, sessionId = session.id) =>
      client.request(InspectNamespaceValue, { sessionId, target: { expression, path }, start, count });
    const complete = (expression: string, members: 'attributes' | 'keys', prefix = '') =>
      client.request(CompleteNamespace, {
        sessionId: session.id,
        target: { expression, path: [] },
        members,
        prefix,
        count: 100,
      });
    const edit = (change: Edit) => client.request(EditSessionNamespace, { sessionId: session.id, edit: change });
    const read = (expression: string, reading: Reading) =>
      client.requestBytes(ReadNamespaceValue, { sessionId: session.id, target: { expression, path: [] }, reading });

    it('shows a value, its text and a page of its children', async () => {
      const seen = await inspect('numbers', [], 1, 1);
      assert.deepEqual([seen.value?.name, seen.value?.length, seen.total], ['numbers', 3, 3]);
      assert.equal(seen.text, '[0, 1, 2]');
      assert.deepEqual(
        seen.children.map(({ variable, role, accessor }) => [variable.name, variable.preview, role, accessor]),
        [['[1]', '1', 'item', '[1]']],
      );
    });

    it('goes down by names and by positions', async () => {
      assert.equal((await inspect(code.deep)).value?.preview, '2');
      assert.equal((await inspect('table', [0, 1, 0])).value?.preview, '2');
      assert.equal((await inspect('table["__proto__"]')).value?.preview, '3');
      assert.equal((await inspect('point.x')).value?.preview, '1');
    });

    it('gives accessors that lead to the same child', async () => {
      for (const parent of ['numbers', 'table', 'point']) {
        const { children } = await inspect(parent);
        for (const { variable, role, accessor } of children.filter((child) => child.role !== 'getter')) {
          if (accessor === null || role === 'prototype') continue;
          assert.equal((await inspect(parent + accessor)).value?.preview, variable.preview, parent + accessor);
        }
      }
    });

    for (const expression of code.refused) {
      it(`finds nothing where only code could: ${expression}`, async () => {
        assert.deepEqual(await inspect(expression), { value: null, text: '', children: [], total: 0 });
      });
    }

    it('survives what contains itself', async () => {
      const { value, text } = await inspect('cyclic', [0, 0, 0, 0]);
      assert.equal(value?.length, 1);
      assert.ok(text.length < 100, text);
    });

    it('keeps texts of a million characters short', async () => {
      for (const expression of ['wide', 'things']) {
        const seen = await inspect(expression);
        assert.ok(seen.text.length <= 4000 && seen.text.length > 100, `${expression}: ${seen.text.length}`);
        for (const { variable } of seen.children) assert.ok(variable.preview.length <= 200);
      }
    });

    it('pages through a million items', async () => {
      const { children, total } = await inspect('many', [], 999_998, 10);
      assert.equal(total, 1e6);
      assert.deepEqual(
        children.map(({ variable }) => variable.preview),
        ['999998', '999999'],
      );
    });

    it('completes attributes and keys', async () => {
      const { items } = await complete('point', 'attributes', 'MO');
      assert.deepEqual(
        items.map(({ label, kind }) => [label, kind]),
        [[code.method, 'method']],
      );
      const keys = (await complete('table', 'keys')).items;
      assert.deepEqual(keys.map(({ label, kind }) => [label, kind]).sort(), [
        ['__proto__', 'key'],
        ['k', 'key'],
      ]);
      assert.deepEqual((await complete('missing', 'attributes')).items, []);
    });

    it('has run no code of the program', async () => {
      assert.ok((await inspect('point')).value);
      await inspect('point', [], 0, 100);
      await complete('point', 'attributes');
      assert.equal((await session.run(code.called)).stdout, code.nothing);
    });

    it('answers while an endless loop runs', async () => {
      const { executionId, ended } = await session.start(code.loop);
      await session.until(() =>
        session.events.find(({ event }) => event.kind === 'started' && event.executionId === executionId),
      );
      try {
        const turns = async () => Number((await inspect('turn')).value?.preview ?? 0);
        const first = await turns();
        while ((await turns()) <= first);
        assert.equal((await inspect(code.deep)).value?.preview, '2');
        assert.equal((await complete('point', 'attributes', 'mo')).items.length, 1);
      } finally {
        await session.cancel(executionId);
      }
      assert.equal((await ended).status, 'cancelled');
    });

    it('sets, renames and deletes, and tells all clients', async () => {
      const { text, shown } = code.literal;
      const from = session.events.length;
      assert.deepEqual(await edit({ kind: 'set', name: 'edited', text }), { status: 'done' });
      assert.equal((await inspect('edited')).text, shown);
      assert.deepEqual(await edit({ kind: 'rename', name: 'edited', to: 'renamed' }), { status: 'done' });
      assert.deepEqual(await edit({ kind: 'delete', name: 'renamed' }), { status: 'done' });
      const changes = session.events
        .slice(from)
        .flatMap(({ event }) => (event.kind === 'namespace_changed' ? [event] : []));
      assert.deepEqual(
        changes.map(({ changed, deleted }) => [changed.map(({ name }) => name), deleted]),
        [
          [['edited'], []],
          [['renamed'], ['edited']],
          [[], ['renamed']],
        ],
      );
    });

    it('refuses edits with a reason, and changes nothing', async () => {
      for (const change of [
        { kind: 'set', name: 'numbers', text: 'numbers()' },
        { kind: 'rename', name: 'numbers', to: 'table' },
        { kind: 'rename', name: 'numbers', to: code.forbidden },
        { kind: 'rename', name: 'numbers', to: '_' },
        { kind: 'delete', name: 'missing' },
      ] as const) {
        const outcome = await edit(change);
        assert.ok(outcome.status === 'failed' && outcome.message.length > 20, JSON.stringify(outcome));
      }
      assert.equal((await inspect('numbers')).text, '[0, 1, 2]');
    });

    it('reads a sorted page of a table, and exports it', async () => {
      const page = { kind: 'table', start: 0, count: 10, firstColumn: 0, columns: 10, filters: [] } as const;
      const { result, payload } = await read('rows', { ...page, filters: [], sort: { column: 0, descending: false } });
      assert.ok(result.status === 'table', JSON.stringify(result));
      assert.deepEqual(
        result.columns.map(({ name, kind }) => [name, kind]),
        [
          ['n', 'number'],
          ['s', 'text'],
        ],
      );
      assert.deepEqual(JSON.parse(Buffer.from(payload).toString()), [
        [1, 1, 'a'],
        [0, 2, 'b'],
      ]);
      const json = await read('rows', { kind: 'export', format: 'json' });
      assert.deepEqual(json.result, { status: 'exported', truncated: false });
      assert.deepEqual(JSON.parse(Buffer.from(json.payload).toString()), [
        { n: 2, s: 'b' },
        { n: 1, s: 'a' },
      ]);
    });

    it('is busy with edits and readings at once while a cell waits', async () => {
      const { executionId, ended } = await session.start(code.wait);
      await session.until(() =>
        session.events.find(({ event }) => event.kind === 'started' && event.executionId === executionId),
      );
      assert.equal((await edit({ kind: 'set', name: 'numbers', text: '1' })).status, 'busy');
      assert.equal((await read('rows', { kind: 'export', format: 'json' })).result.status, 'busy');
      assert.equal((await inspect('numbers')).text, '[0, 1, 2]');
      await session.cancel(executionId);
      await ended;
    });

    it('refuses what is larger than the protocol allows', async () => {
      await assert.rejects(inspect('x'.repeat(2001)), { code: 'invalid' });
      await assert.rejects(inspect('numbers', [], 0, 1001), { code: 'invalid' });
      await assert.rejects(
        inspect(
          'numbers',
          Array.from({ length: 65 }, () => 0),
        ),
        { code: 'invalid' },
      );
      assert.equal(
        (
          await inspect(
            'numbers',
            Array.from({ length: 64 }, () => 0),
          )
        ).value,
        null,
      );
      assert.equal((await inspect('numbers')).value?.length, 3);
    });

    it('finds nothing while the worker starts, or the value when it is up', async () => {
      const fresh = await TestSession.open(client, language, { name: 'fresh' });
      assert.equal((await inspect('numbers', [], 0, 1, fresh.id)).value, null);
      assert.equal((await fresh.run('1')).outcome.status, 'succeeded');
    });

    it('has nothing to show of a session that is gone', async () => {
      const gone = await TestSession.open(client, language, { name: 'gone' });
      await gone.run('1');
      await client.request(KillSession, { sessionId: gone.id });
      await assert.rejects(inspect('numbers', [], 0, 1, gone.id), { code: 'not_found' });
    });

    it('finds nothing when the worker has died', async () => {
      const dying = await TestSession.open(client, language, { name: 'dying' });
      const { outcome } = await dying.run(
        language === 'python' ? 'import os; os.kill(os.getpid(), 9)' : 'process.kill(process.pid, "SIGKILL")',
      );
      assert.equal(outcome.status, 'lost');
      assert.equal((await inspect('numbers', [], 0, 1, dying.id)).value, null);
    });
  });
}
