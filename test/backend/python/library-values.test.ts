import assert from 'node:assert/strict';
import { withLibraries } from '../../helpers/python-libraries.ts';
import { below, inspect, offers } from './inspecting.ts';
import { Session } from './session.ts';

const libraries = await withLibraries();
const missing = typeof libraries === 'string' ? ` (skipped: no numpy, pandas and matplotlib: ${libraries})` : '';

(missing ? describe.skip : describe)(`looking into values of numpy and pandas${missing}`, () => {
  let session: Session;
  before(async function () {
    this.timeout(60_000);
    assert(typeof libraries !== 'string');
    session = await Session.start(libraries);
    await session.text(`
import numpy as np, pandas as pd
class Frame(pd.DataFrame):
  @property
  def shape(self): print("called")
df = pd.DataFrame({"num": [1.5, 2.5], "a b": ["x", "y"], 7: [True, False]}, index=["r1", "r2"])
grid = np.arange(6.0).reshape(2, 3)
number, stamp = np.float64(1.5), pd.Timestamp("2026-01-02 12:00")
`);
  });
  after(() => session?.stop());

  it('lists the columns of a DataFrame, the entries of a Series and the rows of an array', async () => {
    assert.deepEqual(await below(session, 'df'), ["column num ['num'] 2", "column a b ['a b'] 2", 'column 7 [7] 2']);
    assert.deepEqual(await below(session, "df['a b']"), ["entry 'r1' null 'x'", "entry 'r2' null 'y'"]);
    assert.deepEqual(await below(session, 'df', [2]), ["entry 'r1' null True", "entry 'r2' null False"]);
    assert.deepEqual(await below(session, 'df.num'), ["entry 'r1' null 1.5", "entry 'r2' null 2.5"]);
    assert.deepEqual(await below(session, 'grid'), ['item [0] [0] 3 float64', 'item [1] [1] 3 float64']);
    assert.deepEqual(await below(session, 'grid[-1]'), ['item [0] [0] 3.0', 'item [1] [1] 4.0', 'item [2] [2] 5.0']);
  });

  it('tells shape, kinds of data and the first values', async () => {
    assert.match((await inspect(session, 'df')).text, /^DataFrame 2 × 3\n {2}num: float64\n {2}a b: \w+\n {2}7: bool$/);
    assert.equal((await inspect(session, 'grid')).text, 'ndarray 2 × 3 float64\n  [0.0, 1.0, 2.0]\n  [3.0, 4.0, 5.0]');
    const previews = await Promise.all(
      ['number', 'stamp'].map(async (name) => (await inspect(session, name)).value?.preview),
    );
    assert.deepEqual(previews, ['1.5', '2026-01-02 12:00:00']);
  });

  it('completes columns as attributes and as keys', async () => {
    assert.equal((await offers(session, 'df', 'nu')).kinds['num'], 'column');
    assert.deepEqual((await offers(session, 'df', '', { members: 'keys' })).labels, ['num', 'a b']);
    assert.equal((await offers(session, 'grid', 'resh')).kinds['reshape'], 'method');
  });

  it("leaves a subclass of the person's alone", async () => {
    await session.text('mine = Frame({"a": [1]})');
    const { value } = await inspect(session, 'mine');
    assert.deepEqual([value?.type, value?.shape], ['Frame', null]);
    assert.deepEqual((await offers(session, 'mine', '', { members: 'keys' })).labels, []);
    await session.run('pass');
    assert.equal(session.worker.stdout.text(null), '');
  });
});
