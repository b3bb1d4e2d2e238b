import assert from 'node:assert/strict';
import { MAX_VARIABLES_SHOWN, Namespaces } from '../../../extension/client/namespaces.ts';
import { variable } from './variables.ts';

const S = 's1';
const change = (changed: readonly string[], deleted: readonly string[] = [], total = 10, reset = false) => ({
  kind: 'namespace_changed' as const,
  changed: changed.map((name) => variable(name)),
  deleted: [...deleted],
  total,
  truncated: false,
  reset,
});

describe('the namespaces of a window', () => {
  let namespaces: Namespaces;
  beforeEach(() => {
    namespaces = new Namespaces();
  });
  const marks = () =>
    Object.fromEntries([...namespaces.variables(S)].map(({ variable, mark }) => [variable.name, mark] as const));

  it('mark what the newest execution made and changed, and no longer what the one before it did', () => {
    namespaces.begin(S, 'e1');
    namespaces.apply(S, change(['a', 'b']));
    assert.deepEqual(marks(), { a: 'new', b: 'new' });
    namespaces.begin(S, 'e2');
    assert.deepEqual(marks(), { a: null, b: null });
    namespaces.apply(S, change(['b', 'c']));
    assert.deepEqual(marks(), { a: null, b: 'changed', c: 'new' });
    assert.equal(namespaces.variable(S, 'a')?.executionId, 'e1');
    assert.equal(namespaces.variable(S, 'b')?.executionId, 'e2');
  });

  it('mark a variable that was made and changed by one execution as new', () => {
    namespaces.begin(S, 'e1');
    namespaces.apply(S, change(['a']));
    namespaces.apply(S, change(['a']));
    assert.deepEqual(marks(), { a: 'new' });
  });

  it('mark nothing when they are first read', () => {
    namespaces.begin(S, 'e1');
    namespaces.replace(S, [variable('a')], 1, false);
    assert.deepEqual(marks(), { a: null });
    assert.equal(namespaces.variable(S, 'a')?.executionId, null);
  });

  it('mark what is another when they are read because a change was too large', () => {
    namespaces.begin(S, 'e1');
    namespaces.replace(S, [variable('a'), variable('b')], 2, true);
    namespaces.begin(S, 'e2');
    const untouched = namespaces.variable(S, 'a');
    namespaces.replace(S, [variable('a'), variable('b', { preview: '2' }), variable('c')], 3, true);
    assert.deepEqual(marks(), { a: null, b: 'changed', c: 'new' });
    assert.equal(namespaces.variable(S, 'a'), untouched, 'what is the same stays the same object');
  });

  it('keep names like __proto__ as names', () => {
    namespaces.apply(S, change(['__proto__', 'constructor']));
    assert.deepEqual(
      namespaces.of(S).variables.map(({ name }) => name),
      ['__proto__', 'constructor'],
    );
    assert.equal(namespaces.mayHave(S, 'toString'), true, 'the session has more than are kept');
    namespaces.apply(S, change([], ['__proto__'], 1));
    assert.equal(namespaces.mayHave(S, '__proto__'), false);
  });

  it('forget everything when a new worker has started', () => {
    namespaces.apply(S, change(['a']));
    namespaces.apply(S, change([], [], 0, true));
    assert.deepEqual(namespaces.of(S), { variables: [], total: 0 });
  });

  it('keep a bounded number and know how many more there are', () => {
    const many = Array.from({ length: MAX_VARIABLES_SHOWN + 10 }, (_, index) => `v${index}`);
    namespaces.apply(S, change(many, [], many.length));
    assert.equal(namespaces.of(S).variables.length, MAX_VARIABLES_SHOWN);
    assert.equal(namespaces.unknown(S), 10);
  });
});
