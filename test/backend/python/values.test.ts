import assert from 'node:assert/strict';
import { interpreters, Session } from './session.ts';

for (const interpreter of await interpreters()) {
  describe(`values on Python ${interpreter.version}`, () => {
    let session: Session;
    before(async () => {
      session = await Session.start(interpreter);
    });
    after(() => session.stop());

    for (const [code, text] of [
      ['1 + 1', '2'],
      ['x = 1', null],
      ['x = 1\nx', '1'],
      ['x;', null],
      ['x ; # quiet', null],
      ['x  # not; quiet', '1'],
      ['"a;b"', "'a;b'"],
      ['None', null],
      ['', null],
      ['# only a comment', null],
      ['for i in range(3):\n    i', null],
      ['[1, (2,), {3}, {"k": ()}, frozenset(), set()]', "[1, (2,), {3}, {'k': ()}, frozenset(), set()]"],
      ['l = [1]; l.append(l); l', '[1, [...]]'],
      ['"ünï 🎈"', "'ünï 🎈'"],
      ['"\\ud800"', "'\\ud800'"],
      ['float("nan")', 'nan'],
      ['1 << 100_000', '<int of 100001 bits>'],
    ] as const) {
      it(`${JSON.stringify(code)} gives ${text}`, async () => assert.equal(await session.text(code), text));
    }

    it('bounds long texts, long containers and deep ones', async () => {
      assert.equal((await session.text('"x" * 10**8'))?.length, 100_000);
      const list = (await session.text('list(range(10**6))')) ?? '';
      assert.ok(list.startsWith('[0, 1, 2, ') && list.endsWith('… 999000 more]'), list.slice(-40));
      assert.match((await session.text('d = []\nfor _ in range(10**5): d = [d]\nd')) ?? '', /^\[+\.\.\.\]+$/);
      assert.ok(
        (await session.text('class Long:\n  def __repr__(self): return "y" * 10**7\nLong()'))?.length === 100_000,
      );
    });

    it('sends text/plain first and the rich forms that the class has', async () => {
      const { parts } = await session.run(
        'class Rich:\n  def __repr__(self): return "plain"\n  def _repr_html_(self): return "<b>ü</b>"\n' +
          '  def _repr_png_(self): return b"\\x89PNG"\n  def _repr_json_(self): return {"a": [1]}\n  def _repr_latex_(self): return None\nRich()',
      );
      assert.deepEqual(
        parts.map(({ mime, bytes }) => [mime, bytes.toString('latin1')]),
        [
          ['text/plain', 'plain'],
          ['text/html', Buffer.from('<b>ü</b>').toString('latin1')],
          ['image/png', '\x89PNG'],
          ['application/json', '{"a": [1]}'],
        ],
      );
    });

    it('takes a MIME bundle with base64 images, and leaves out what is too large or broken, saying so', async () => {
      const { parts, stderr, text } = await session.run(
        'class Bundle:\n  def _repr_mimebundle_(self, include=None, exclude=None):\n' +
          '    return {"text/plain": "mine", "image/png": "aGk=", "text/html": "x" * 17_000_000, "text/latex": 5}, {}\n' +
          '  def _repr_svg_(self): raise KeyError("no")\nBundle()',
      );
      assert.equal(text, 'mine');
      assert.deepEqual(
        parts.map(({ mime, bytes }) => [mime, String(bytes)]),
        [
          ['text/plain', 'mine'],
          ['image/png', 'hi'],
        ],
      );
      assert.match(stderr, /text\/html form of this Bundle is 17000000 bytes, which is too large to show/);
      assert.match(stderr, /text\/latex form of this Bundle is a int/);
      assert.match(stderr, /_repr_svg_ of this Bundle raised KeyError\('no'\)/);
    });

    it('passes Markdown, SVG, JSON and charts of Vega-Lite through', async () => {
      const { parts } = await session.run(
        'class Chart:\n  def _repr_mimebundle_(self, include=None, exclude=None):\n    return {"application/vnd.vegalite.v5+json": {"mark": "bar"}}\n' +
          '  def _repr_markdown_(self): return "# one"\n  def _repr_svg_(self): return "<svg/>"\n  def _repr_latex_(self): return "$x$"\n' +
          '  def _repr_json_(self): return [1], {"expanded": True}\n  def __repr__(self): return "chart"\nChart()',
      );
      assert.deepEqual(
        parts.map(({ mime, bytes }) => `${mime} ${bytes}`),
        [
          'text/plain chart',
          'application/vnd.vegalite.v5+json {"mark": "bar"}',
          'text/markdown # one',
          'image/svg+xml <svg/>',
          'text/latex $x$',
          'application/json [1]',
        ],
      );
    });

    it('shows what display() is given, before the result', async () => {
      const { displays, text } = await session.run('display(1, "two")\nimport sys\ndisplay([3])\n4');
      assert.deepEqual(
        displays.map((parts) => parts.map(({ mime, bytes }) => `${mime} ${bytes}`)),
        [['text/plain 1'], ["text/plain 'two'"], ['text/plain [3]']],
      );
      assert.equal(text, '4');
    });

    it('survives values that lie or raise', async () => {
      const hostile = [
        [
          'class R:\n  def __repr__(self): raise ValueError("bad")\nR()',
          '<R object, whose repr raised ValueError: bad>',
        ],
        ['[R()]', '[<R object, whose repr raised ValueError: bad>]'],
        ['class N:\n  def __repr__(self): return 5\nN()', /^<N object, whose repr raised TypeError/],
        [
          'class M(type):\n  def __getattribute__(c, n): raise RuntimeError(n)\n  def __repr__(c): return "M!"\nclass L(metaclass=M): pass\nL',
          'M!',
        ],
        ['class G:\n  def __getattr__(self, n): raise RuntimeError(n)\n  def __repr__(self): return "g"\nG()', 'g'],
        [
          'class C:\n  @property\n  def __class__(self): raise RuntimeError("c")\n  def __repr__(self): return "c"\nC()',
          'c',
        ],
        [
          'class D(dict):\n  def __len__(self): raise RuntimeError("len")\n  def items(self): raise RuntimeError("items")\nD(a=1)',
          "{'a': 1}",
        ],
        [
          'class E:\n  def __eq__(self, o): raise RuntimeError("eq")\n  __hash__ = None\n  def __bool__(self): raise RuntimeError("b")\n  def __repr__(self): return "e"\nE()',
          'e',
        ],
      ] as const;
      for (const [code, expected] of hostile) {
        const text = await session.text(code);
        if (typeof expected === 'string') assert.equal(text, expected);
        else assert.match(text ?? '', expected);
      }
      assert.equal(await session.text('1 + 1'), '2');
    });
  });
}
