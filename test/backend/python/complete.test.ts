import assert from 'node:assert/strict';
import { offers } from './inspecting.ts';
import { interpreters, Session } from './session.ts';

for (const interpreter of await interpreters()) {
  describe(`completions on Python ${interpreter.version}`, () => {
    let session: Session;
    before(async () => {
      session = await Session.start(interpreter);
      await session.text(`
import collections, json
class Base:
  limit = 10
  def run(self): pass
  @property
  def area(self): print("area")
  @classmethod
  def make(cls): pass
class Shape(Base):
  __slots__ = ("side",)
  def __init__(self): self.width = 1; self._hidden = 2; self.side = None
  def __dir__(self): print("dir"); return ["nothing"]
  def __getattr__(self, name): print("getattr")
shape = Shape()
keys = {"name": 1, "Number": [], 5: 6, "nested": {"inner": 1}}
`);
    });
    after(() => session.stop());

    it("offers the value's own attributes first, then those of its classes, without calling any code", async () => {
      const { labels, kinds, truncated } = await offers(session, 'shape');
      assert.deepEqual(labels, ['width', 'side', 'limit', 'run', 'area', 'make']);
      assert.deepEqual(Object.values(kinds), ['property', 'property', 'property', 'method', 'property', 'method']);
      assert.equal(truncated, false);
      await session.run('pass');
      assert.equal(session.worker.stdout.text(null), '');
    });

    it('offers names with underscores where the prefix has one', async () => {
      assert.deepEqual((await offers(session, 'shape', '_h')).labels, ['_hidden']);
      assert.ok((await offers(session, 'shape', '__in')).labels.includes('__init__'));
    });

    it('offers what a class and a module have', async () => {
      assert.deepEqual((await offers(session, 'Shape', 'r')).kinds, { run: 'method' });
      const { kinds } = await offers(session, 'json', 'D');
      assert.equal(kinds['decoder'], 'module');
      assert.equal(kinds['dumps'], 'method');
      assert.equal((await offers(session, 'json', 'jsondec')).kinds['JSONDecoder'], 'class');
    });

    it('offers methods of builtin values', async () => {
      assert.deepEqual((await offers(session, 'keys["name"]', 'bit')).kinds['bit_length'], 'method');
      assert.ok((await offers(session, 'keys', 'setd')).labels.includes('setdefault'));
    });

    it('offers the keys that are text, without regard to case', async () => {
      const keys = { members: 'keys' } as const;
      assert.deepEqual((await offers(session, 'keys', '', keys)).labels, ['name', 'Number', 'nested']);
      assert.deepEqual((await offers(session, 'keys', 'NU', keys)).labels, ['Number']);
      assert.deepEqual((await offers(session, 'keys["nested"]', '', keys)).kinds, { inner: 'key' });
      assert.deepEqual((await offers(session, 'shape', '', keys)).labels, []);
    });

    it('says when there are more, and offers nothing for what is not there', async () => {
      const { labels, truncated } = await offers(session, 'collections', '', { count: 2 });
      assert.deepEqual([labels.length, truncated], [2, true]);
      assert.deepEqual(await offers(session, 'nope'), { labels: [], kinds: {}, truncated: false });
    });

    it('answers while a cell runs', async () => {
      const busy = session.execute('while True: pass');
      await busy.started;
      assert.deepEqual((await offers(session, 'shape', 'w')).labels, ['width']);
      session.cancel(busy.id);
      await busy.finished;
    });
  });
}
