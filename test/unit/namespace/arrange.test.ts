import assert from 'node:assert/strict';
import { type Arrangement, arrange } from '../../../extension/views/namespace/arrange.ts';
import { known } from './variables.ts';

const EVERYTHING: Arrangement = {
  filter: '',
  sort: 'definition',
  hideModules: false,
  hideFunctions: false,
  hidePrivate: false,
  pinned: new Set(),
};
const VARIABLES = [
  known('x10', { type: 'list', length: 3 }, 5),
  known('np', { type: 'module', kind: 'module' }, 1),
  known('x9', { type: 'ndarray', shape: [2, 3] }, 2),
  known('_cache', { type: 'dict', length: 0 }, 3),
  known('Model', { type: 'type', kind: 'class' }, 4),
  known('fit', { type: 'function', kind: 'function' }, 6),
];

const names = (arrangement: Partial<Arrangement>) =>
  arrange(VARIABLES, { ...EVERYTHING, ...arrangement }).map(({ variable }) => variable.name);

describe('the arrangement of variables', () => {
  it('keeps the order of definition', () => {
    assert.deepEqual(names({}), ['x10', 'np', 'x9', '_cache', 'Model', 'fit']);
  });

  it('sorts by name with numbers in their order, by type, by size and by recency', () => {
    assert.deepEqual(names({ sort: 'name' }), ['_cache', 'fit', 'Model', 'np', 'x9', 'x10']);
    assert.deepEqual(names({ sort: 'type' }), ['_cache', 'fit', 'x10', 'np', 'x9', 'Model']);
    assert.deepEqual(names({ sort: 'size' }), ['x9', 'x10', '_cache', 'np', 'Model', 'fit']);
    assert.deepEqual(names({ sort: 'recency' }), ['fit', 'x10', 'Model', '_cache', 'x9', 'np']);
  });

  it('leaves kinds out', () => {
    assert.deepEqual(names({ hideModules: true }), ['x10', 'x9', '_cache', 'Model', 'fit']);
    assert.deepEqual(names({ hideFunctions: true }), ['x10', 'np', 'x9', '_cache']);
    assert.deepEqual(names({ hidePrivate: true }), ['x10', 'np', 'x9', 'Model', 'fit']);
  });

  it('filters by name and type without regard to case, each word of the filter', () => {
    assert.deepEqual(names({ filter: 'X1' }), ['x10']);
    assert.deepEqual(names({ filter: 'array' }), ['x9']);
    assert.deepEqual(names({ filter: ' x list ' }), ['x10']);
    assert.deepEqual(names({ filter: 'x nothing' }), []);
  });

  it('puts pinned ones first, also of a kind that is left out, and filters them like others', () => {
    const pinned = new Set(['np', 'fit']);
    assert.deepEqual(names({ pinned, hideModules: true, sort: 'name' }), ['fit', 'np', '_cache', 'Model', 'x9', 'x10']);
    assert.deepEqual(names({ pinned, filter: 'x' }), ['x10', 'x9']);
  });
});
