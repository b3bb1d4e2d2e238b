import assert from 'node:assert/strict';
import { isIdentifier, keyInsertion } from '../../../extension/namespace/insertion.ts';

describe('the code that a completion inserts', () => {
  for (const [key, quote, next, expected] of [
    ['price', null, '', '"price"'],
    ['price', '"', '"', 'price'],
    ['price', '"', ']', 'price"'],
    ['price', "'", '', "price'"],
    ['it\'s "so"', "'", "'", 'it\\\'s "so"'],
    ['it\'s "so"', null, '', '"it\'s \\"so\\""'],
    ['back\\slash', '"', '"', 'back\\\\slash'],
    ['two\nlines\u202e', '"', '"', 'two\\u000alines\\u202e'],
    ['"]; evil(); ["', '"', '"', '\\"]; evil(); [\\"'],
  ] as const) {
    it(`names the key ${JSON.stringify(key)} behind ${quote ?? 'a bracket'} by ${JSON.stringify(expected)}`, () => {
      assert.equal(keyInsertion(key, quote, next, 'python'), expected);
      assert.equal(keyInsertion(key, quote, next, 'script'), expected);
    });
  }

  it('writes hidden characters beyond the first plane as the language does', () => {
    assert.equal(keyInsertion('\u{e0041}', '"', '"', 'python'), '\\U000e0041');
    assert.equal(keyInsertion('\u{e0041}', '"', '"', 'script'), '\\u{e0041}');
  });

  it('knows what can stand behind a dot', () => {
    for (const name of ['a', '_a1', 'größe', '__proto__']) assert.ok(isIdentifier(name, 'python'), name);
    for (const name of ['', '1a', 'a b', 'a.b', 'a\u202e', '$a']) assert.ok(!isIdentifier(name, 'python'), name);
    assert.ok(isIdentifier('$a', 'script'));
  });
});
