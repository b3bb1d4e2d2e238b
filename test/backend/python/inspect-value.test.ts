import assert from 'node:assert/strict';
import { below, inspect } from './inspecting.ts';
import { interpreters, Session } from './session.ts';

/** Values of every kind whose every method tells that it was called. */
const HOSTILE = `
def touched(*a, **k): print("touched")
names = "len iter repr str eq hash getattr getattribute getitem dir bool contains index missing".split()
spies = {**{f"__{name}__": touched for name in names}, **dict.fromkeys(("keys", "items", "values"), touched)}
class Meta(type):
  __eq__ = __hash__ = __getattribute__ = __subclasscheck__ = __instancecheck__ = __len__ = __iter__ = __dir__ = __repr__ = touched
def spy(base, *arguments):
  class Spy(base, metaclass=Meta):
    locals().update(spies)
  return base.__new__(Spy, *arguments)
bases = (dict, list, collections.deque), ((tuple, (1,)), (frozenset, (1,)), (set,), (object,), (int,), (str,), (Exception,))
hostile = [*map(spy, bases[0]), *(spy(*base) for base in bases[1])]
dict.__setitem__(hostile[0], "k", 1)
list.append(hostile[1], 1)
collections.deque.append(hostile[2], 1)
class Key:
  def __hash__(self): return hash("k")
  def __eq__(self, other): print("eq"); return False
class Descriptor:
  def __get__(self, *a): print("get")
class Fake:
  here = Descriptor()
  __class__ = property(lambda self: print("class"))
class Faker(Fake):
  __slots__ = ("more",)
  __dict__ = property(lambda self: print("dict"))
faker = Faker()
faker.own, faker.more = 5, 6
keyed = {Key(): 1}
import io, contextlib
with contextlib.redirect_stdout(io.StringIO()): keyed["k"] = 2
print("made")
`;

/** Nothing was printed between cells. */
async function silent(session: Session): Promise<void> {
  await session.run('pass');
  assert.deepEqual([session.worker.stdout.text(null), session.worker.stderr.text(null)], ['', '']);
}

for (const interpreter of await interpreters()) {
  describe(`looking into values on Python ${interpreter.version}`, () => {
    let session: Session;
    before(async () => {
      session = await Session.start(interpreter);
    });
    after(() => session.stop());

    for (const [what, code, children] of [
      ['a list', 'v = [1, [2]]', ['item [0] [0] 1', 'item [1] [1] [2]']],
      ['a tuple', 'v = (None,)', ['item [0] [0] None']],
      [
        'a dict by its keys',
        'class K: pass\nv = {"a\'b": 1, 2: "x", (1, "y"): 3, 1.5: 4, None: 5, float("inf"): 6, K(): 7}',
        [
          'entry "a\'b" ["a\'b"] 1',
          "entry 2 [2] 'x'",
          "entry (1, 'y') [(1, 'y')] 3",
          'entry 1.5 [1.5] 4',
          'entry None [None] 5',
          'entry inf null 6',
          'entry <K> null 7',
        ],
      ],
      ['a set', 'v = {5}', ['item 5 null 5']],
      [
        'an instance, without calling its getters',
        'class P:\n  def __init__(self): self.b = 1; self.a = 2\n  @property\n  def area(self): print("called")\n  @property\n  def _hidden(self): print("called")\nv = P()',
        ['attribute b .b 1', 'attribute a .a 2', 'getter area .area '],
      ],
      [
        'slots, those of base classes first and empty ones left out',
        'class A:\n  __slots__ = ("x", "y")\nclass B(A):\n  __slots__ = ("z",)\nv = B()\nv.z = 3; v.x = 1',
        ['attribute x .x 1', 'attribute z .z 3'],
      ],
      [
        'a class',
        'class v:\n  limit = 10\n  def run(self): pass\n  @property\n  def p(self): pass',
        ['attribute limit .limit 10', 'attribute run .run <function run>', 'attribute p .p <property>'],
      ],
      [
        'a named tuple',
        'import collections\nv = collections.namedtuple("N", "x y")(1, 2)',
        ['item x .x 1', 'item y .y 2'],
      ],
      [
        'a data class',
        'import dataclasses\n@dataclasses.dataclass\nclass D:\n  x: int\n  y: str = "a"\nv = D(1)',
        ['attribute x .x 1', "attribute y .y 'a'"],
      ],
      [
        'a deque',
        'v = collections.deque([1, 2], maxlen=3)',
        ['item [0] [0] 1', 'item [1] [1] 2', 'getter maxlen .maxlen '],
      ],
      [
        'a defaultdict and what it is made with',
        'v = collections.defaultdict(list, a=1)',
        ["entry 'a' ['a'] 1", 'attribute default_factory .default_factory <class list>'],
      ],
      ['an OrderedDict', 'v = collections.OrderedDict(b=1, a=2)', ["entry 'b' ['b'] 1", "entry 'a' ['a'] 2"]],
      [
        'an enumeration',
        'import enum\nclass v(enum.Enum):\n  RED = 1\n  BLUE = 2',
        ['attribute RED .RED v.RED', 'attribute BLUE .BLUE v.BLUE'],
      ],
      ['a text', 'v = "abc"', []],
      ['a function', 'def v(): pass', []],
      ['a date', 'import datetime\nv = datetime.date(2026, 1, 2)', []],
    ] as const) {
      it(`lists what is in ${what}`, async () => {
        await session.text(code);
        assert.deepEqual(await below(session, 'v'), children);
        const { value, total } = await inspect(session, 'v', { count: 0 });
        assert.deepEqual([value?.expandable, total], [children.length > 0, children.length]);
        await silent(session);
      });
    }

    it('finds by expression and by position what it has listed', async () => {
      await session.text(
        'class Box:\n  pass\nbox = Box()\nbox.items = [{"k\\n\'": (1, {"deep": [b"x"]})}]\npoint = collections.namedtuple("Q", "x y")(1, [2])',
      );
      const preview = async (expression: string, ...path: number[]) =>
        (await inspect(session, expression, { path })).value?.preview;
      assert.equal(await preview(`box.items[0]["k\\n'"][1]['deep'][-1]`), "b'x'");
      assert.equal(await preview('box', 0, 0, 0, 1, 0, 0), "b'x'");
      assert.equal(await preview(' box . items [ 0 ] '), '{"k\\n\'": <tuple>}');
      assert.equal(await preview('point.y[0]'), '2');
      assert.equal(await preview('box.__class__'), '<class Box>');
      const { children } = await inspect(session, 'box.items');
      assert.equal(await preview(`box.items${children[0]?.accessor}`), '{"k\\n\'": <tuple>}');
    });

    it('finds nothing, and runs nothing, for what is no chain of names and literals', async () => {
      await session.text('import warnings\nwarnings.showwarning = lambda *a: print("warned")\nlist_ = [1]');
      const nothing = [
        'print("run")',
        'list_[0:1]',
        'list_[list_[0]]',
        'list_ + list_',
        'list_[5]',
        'list_["a"]',
        'list_.nope',
        'nope',
        'list_[',
        'list_[(0]',
        '',
        '1',
        '"\\d"',
        "box['\\d']",
        'list_[1or 2]',
        'lambda: 0',
        `list_${'[0]'.repeat(300)}`,
        '('.repeat(1900),
      ];
      for (const expression of nothing.filter(Boolean)) {
        const { value, children, total } = await inspect(session, expression);
        assert.deepEqual([value, children, total], [null, [], 0], expression);
      }
      assert.equal((await inspect(session, 'list_', { path: [0, 0] })).value, null);
      assert.equal((await inspect(session, 'list_', { path: [7] })).value, null);
      await silent(session);
      await session.text('del warnings.showwarning');
    });

    it('pages ten million items and a million keys from any place', async () => {
      await session.text(
        'big = list(range(10**7)); keys = {f"k{i}": i for i in range(10**6)}; many = set(range(10**6))',
      );
      const last = await inspect(session, 'big', { start: 9_999_998, count: 1000 });
      assert.deepEqual(
        [last.total, last.children.map(({ variable, accessor }) => `${accessor}=${variable.preview}`)],
        [10_000_000, ['[9999998]=9999998', '[9999999]=9999999']],
      );
      assert.equal((await inspect(session, 'big', { count: 1000 })).children.length, 1000);
      const page = await inspect(session, 'keys', { start: 500_000, count: 2 });
      assert.deepEqual(
        page.children.map(({ variable, accessor }) => `${variable.name} ${accessor}`),
        ["'k500000' ['k500000']", "'k500001' ['k500001']"],
      );
      assert.equal((await inspect(session, "keys['k999999']")).value?.preview, '999999');
      assert.equal((await inspect(session, 'many', { start: 10, count: 3 })).children.length, 3);
      await session.text('del big, keys, many');
    });

    it('shortens a page that one message cannot hold', async () => {
      await session.text('wide = {f"{i:04}" + "\\U0001f388" * 200: "\\U0001f388" * 200 for i in range(1000)}');
      const first = await inspect(session, 'wide', { count: 1000 });
      assert.ok(first.children.length > 100 && first.children.length < 1000 && first.total === 1000);
      const next = await inspect(session, 'wide', { start: first.children.length, count: 1000 });
      assert.match(next.children[0]?.variable.name ?? '', new RegExp(`^'0${first.children.length}`));
    });

    it('tells functions by signature and documentation, containers over several lines', async () => {
      await session.text(
        'def area(width: float, /, height=2.0, *rest, unit: "str" = "m", **more) -> float:\n  """The area.\n\n    Indented.\n    """\n' +
          'async def wait(*, seconds): pass\nclass Base: pass\nclass Door(Base):\n  "A door."\n  def __init__(self, wide=[1]): pass\n' +
          'nested = {"numbers": list(range(60)), "inner": {"a": ("x" * 60, "y" * 60), "b": {1}}}\nloop = [1]\nloop.append(loop)',
      );
      const text = async (expression: string) => (await inspect(session, expression)).text;
      assert.match(
        await text('area'),
        /^def area\(width: float, \/, height=2\.0, \*rest, unit: str='m', \*\*more\) -> float\n\nThe area\.\n\n *Indented\.$/,
      );
      assert.equal(await text('wait'), 'async def wait(*, seconds)');
      assert.equal(await text('Door'), 'class Door(Base)\nDoor(wide=[1])\n\nA door.');
      assert.match(await text('collections.deque.append'), /^def append\((…|object, \/|item, \/)\)\n\nAdd an element/);
      assert.match(await text('collections'), /^<module collections>\n.*__init__\.py\n\n/);
      assert.equal(await text('loop'), '[1, […]]');
      const nested = await text('nested');
      assert.match(nested, /^\{'numbers': \[0, 1, 2, .*\n {1,13}\d+, .*… 10 more\],\n 'inner': \{'a': \('xxx/s);
      assert.match(nested, /'b': \{1\}\}\}$/);
      await session.text('long = ["y" * 300] * 10**6\ntext = "z" * 10**7');
      assert.ok((await text('long')).length <= 4000 && (await text('text')).length === 4000);
    });

    it('answers while a cell runs', async () => {
      await session.text('growing = [0]; filled = {}');
      const busy = session.execute(
        'n = 0\nwhile True:\n  n += 1\n  growing.append(n)\n  filled[n] = n\n  if len(filled) > 1000: filled.clear()',
      );
      await busy.started;
      for (let times = 0; times < 50; times++) {
        const { value, children } = await inspect(session, 'growing', { count: 1 });
        assert.deepEqual([value?.type, children[0]?.variable.preview], ['list', '0']);
        assert.equal((await inspect(session, 'filled')).value?.type, 'dict');
      }
      session.cancel(busy.id);
      assert.equal((await busy.finished).status, 'cancelled');
    });

    it('calls no code of the person, whatever the value pretends', async () => {
      const { stdout } = await session.run(HOSTILE);
      await silent(session);
      assert.equal(stdout, 'made\n');
      const { total } = await inspect(session, 'hostile');
      assert.equal(total, 10);
      for (let index = 0; index < total; index++) {
        const { value, children } = await inspect(session, 'hostile', { path: [index] });
        assert.equal(value?.type, 'Spy');
        if (index < 5) assert.match(`${children[0]?.variable.name} ${children[0]?.variable.preview}`, /1/);
      }
      assert.equal((await inspect(session, "keyed['k']")).value?.preview, '2');
      assert.equal((await inspect(session, "hostile[0]['k']")).value?.preview, '1');
      assert.deepEqual(await below(session, 'faker'), ['attribute own .own 5', 'attribute more .more 6']);
      for (const expression of ['faker.here', 'faker.nope', 'keyed["nope"]']) {
        assert.equal((await inspect(session, expression)).value, null);
      }
      await silent(session);
      await session.run('del hostile, keyed');
    });
  });
}
