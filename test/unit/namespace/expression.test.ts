// biome-ignore-all lint/suspicious/noTemplateCurlyInString: template strings of the texts under test.
import assert from 'node:assert/strict';
import { type CompletionContext, completionAt, expressionAt } from '../../../extension/namespace/expression.ts';
import type { Syntax } from '../../../extension/namespace/scan.ts';

/** `¦` is the place in the text. */
function split(marked: string): { text: string; offset: number } {
  const offset = marked.indexOf('¦');
  assert.ok(offset >= 0, `No mark in ${marked}`);
  return { text: marked.replace('¦', ''), offset };
}

const EXPRESSIONS: readonly (readonly [Syntax, string, string | null])[] = [
  ['python', 'na¦me', 'name'],
  ['python', '¦name', 'name'],
  ['python', 'name¦', 'name'],
  ['python', 'a.b¦.c', 'a.b'],
  ['python', 'a.b.c¦', 'a.b.c'],
  ['python', 'a¦.b.c', 'a'],
  ['python', 'frame["pri¦ce"].values', 'frame["price"]'],
  ['python', 'frame["price"].val¦ues', 'frame["price"].values'],
  ['python', "d['a'][0].x¦", "d['a'][0].x"],
  ['python', 'rows[-1].x¦', 'rows[-1].x'],
  ['python', 'rows[n].x¦', null],
  ['python', 'rows[n - 1].x¦', null],
  ['python', 'rows[1:2].x¦', null],
  ['python', 'f(x).y¦', null],
  ['python', 'f(x¦).y', 'x'],
  ['python', 'f(x, key¦=1)', null],
  ['python', 'f(key¦=1)', null],
  ['python', 'f(key=val¦ue)', 'value'],
  ['python', 'f(a ¦== 1)', null],
  ['python', 'f(a¦ == 1)', 'a'],
  ['python', 'left, rig¦ht = 1, 2', 'right'],
  ['python', '{na¦me: 1}', 'name'],
  ['python', '# na¦me', null],
  ['python', 'x = 1  # na¦me', null],
  ['python', '"na¦me"', null],
  ['python', "'it\\'s na¦me'", null],
  ['python', '"""one\nna¦me\n"""', null],
  ['python', '"""one"""\nna¦me', 'name'],
  ['python', 'r"\\" + na¦me', null],
  ['python', 'f"{na¦me} and"', 'name'],
  ['python', 'f"{a.b[\'k\'].c¦!r:>10}"', "a.b['k'].c"],
  ['python', 'f"{{na¦me}}"', null],
  ['python', 'f"text na¦me {x}"', null],
  ['python', 'f"{x:{wid¦th}}"', 'width'],
  ['python', 'f"{x}" + na¦me', 'name'],
  ['python', 'f"{d["ke¦y"]}"', 'd["key"]'],
  ['python', 'a.\\\n  b¦', 'a.b'],
  ['python', 'x = (a\n  .b¦)', 'a.b'],
  ['python', 'x = a\nb¦', 'b'],
  ['python', 'größe¦', 'größe'],
  ['python', '__proto__¦', '__proto__'],
  ['python', '12¦3', null],
  ['python', '¦', null],
  ['python', 'a +¦ b', null],
  ['script', 'a.b?.c¦', 'a.b.c'],
  ['script', 'a?.["b"].c¦', 'a["b"].c'],
  ['script', '$el¦', '$el'],
  ['script', '// na¦me', null],
  ['script', '/* na¦me */', null],
  ['script', '/* one */ na¦me', 'name'],
  ['script', '/* one\n two */ na¦me', 'name'],
  ['script', '`text na¦me`', null],
  ['script', '`${na¦me} text`', 'name'],
  ['script', '`${`${a.b¦}`}`', 'a.b'],
  ['script', '`${fn({a: 1})}${na¦me}`', 'name'],
  ['script', '`one` + na¦me', 'name'],
  ['script', '`\\${na¦me}`', null],
  ['script', '/na¦me/g', null],
  ['script', 'a / na¦me / b', 'name'],
  ['script', 'x = /["\']/; na¦me', 'name'],
  ['script', 'return /[/"]/.test(na¦me)', 'name'],
  ['script', '({ ke¦y: 1 })', null],
  ['script', '({ key: va¦lue })', 'value'],
  ['script', 'this.fie¦ld', 'this.field'],
  ['script', 'f`x`.y¦', null],
  ['script', "'never closed\nna¦me", 'name'],
];

const attributes = (of: string, prefix = '') => ({ kind: 'attributes', of, prefix });
const keys = (of: string, prefix: string, quote: string | null) => ({ kind: 'keys', of, prefix, quote });
const names = (prefix: string) => ({ kind: 'names', prefix });

const COMPLETIONS: readonly (readonly [Syntax, string, object | null])[] = [
  ['python', 'pla', names('pla')],
  ['python', 'x = pla', names('pla')],
  ['python', 'def pla', null],
  ['python', 'import pla', null],
  ['python', 'frame.', attributes('frame')],
  ['python', 'frame.pri', attributes('frame', 'pri')],
  ['python', 'print(frame.pri', attributes('frame', 'pri')],
  ['python', 'print(len(frame["a"].', attributes('frame["a"]')],
  ['python', 'frame.a.b.', attributes('frame.a.b')],
  ['python', 'f().', null],
  ['python', '"text".', null],
  ['python', '1.', null],
  ['python', 'frame[', keys('frame', '', null)],
  ['python', 'frame["', keys('frame', '', '"')],
  ['python', "frame['pri", keys('frame', 'pri', "'")],
  ['python', 'd["a"]["b', keys('d["a"]', 'b', '"')],
  ['python', 'd["a\\', null],
  ['python', 'd[f"', null],
  ['python', 'd["""', null],
  ['python', 'x = [', null],
  ['python', 'x = ["', null],
  ['python', 'f("', null],
  ['python', 'x = "frame.', null],
  ['python', '# frame.', null],
  ['python', '"""\nframe.', null],
  ['python', 'f"{frame.', attributes('frame')],
  ['python', 'f"{frame.pri', attributes('frame', 'pri')],
  ['python', 'f"{frame["', keys('frame', '', '"')],
  ['python', 'f"{frame[\'a', keys('frame', 'a', "'")],
  ['python', 'f"{x} frame.', null],
  ['python', 'f"{', null],
  ['python', 'frame\n["', null],
  ['python', '', null],
  ['script', 'obj.', attributes('obj')],
  ['script', 'obj?.', attributes('obj')],
  ['script', 'obj?.na', attributes('obj', 'na')],
  ['script', 'obj\n  .na', attributes('obj', 'na')],
  ['script', 'a ? .5 : obj.', attributes('obj')],
  ['script', '`${obj.', attributes('obj')],
  ['script', '`${obj["', keys('obj', '', '"')],
  ['script', '`${x} obj.', null],
  ['script', '/* obj.', null],
  ['script', 'const na', null],
  ['script', 'obj["', keys('obj', '', '"')],
  ['script', "import x from '", null],
  ['script', '"a" + obj.', attributes('obj')],
];

describe('the expression under the cursor', () => {
  for (const [syntax, marked, expected] of EXPRESSIONS) {
    it(`of ${JSON.stringify(marked)} in ${syntax} is ${expected ?? 'none'}`, () => {
      const { text, offset } = split(marked);
      assert.equal(expressionAt(text, offset, syntax)?.expression ?? null, expected);
    });
  }

  it('knows its place and the name that it starts with', () => {
    assert.deepEqual(expressionAt('x = a.b["c"]', 6, 'python'), { expression: 'a.b', root: 'a', start: 4, end: 7 });
  });

  it('is none in a text of which the beginning would take too long to read', () => {
    assert.equal(expressionAt(`${' '.repeat(1_000_001)}name`, 1_000_003, 'python'), null);
  });

  it('is none where strings are nested without end', () => {
    assert.equal(expressionAt(`${'`${'.repeat(5000)}name`, 15_002, 'script'), null);
  });
});

describe('what is completed before the cursor', () => {
  const flat = (found: CompletionContext | null) =>
    found && 'of' in found ? { ...found, of: found.of.expression } : found;

  for (const [syntax, text, expected] of COMPLETIONS) {
    it(`of ${JSON.stringify(text)} in ${syntax} is ${expected === null ? 'nothing' : JSON.stringify(expected)}`, () => {
      assert.deepEqual(flat(completionAt(text, syntax)), expected);
    });
  }
});
