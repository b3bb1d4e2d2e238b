import assert from 'node:assert/strict';
import { Session, testNode } from './session.ts';

describe('JavaScript worker: output', () => {
  let session: Session;

  before(async () => {
    session = await Session.start();
  });

  after(() => session.stop());

  it('is what Node prints', async () => {
    const { stdout, stderr } = await session.js(`
      console.log('a %s', 1, { b: 2 }); console.info('i'); console.error('e'); console.warn('w');
      console.group('g'); console.log('in'); console.groupEnd(); console.table([{ x: 1 }]); console.dir({ d: 1 });
      console.assert(false, 'as'); console.count(); process.stdout.write('no newline'); process.stderr.write(Buffer.from('bytes\\n'));`);
    assert.equal(
      stdout,
      'a 1 { b: 2 }\ni\ng\n  in\n┌─────────┬───┐\n│ (index) │ x │\n├─────────┼───┤\n│ 0       │ 1 │\n└─────────┴───┘\n{ d: 1 }\ndefault: 1\nno newline',
    );
    assert.equal(stderr, 'e\nw\nAssertion failed: as\nbytes\n');
  });

  it('comes whole and in order, before the result', async () => {
    const { stdout } = await session.js('for (let i = 0; i < 300000; i++) console.log("line", i)');
    const lines = stdout.split('\n');
    assert.equal(lines.length, 300_001);
    for (const [index, line] of lines.slice(0, -1).entries()) assert.equal(line, `line ${index}`);
  });

  it('carries large writes and every character whole', async () => {
    const { stdout } = await session.js(
      'process.stdout.write("é😀x".repeat(1000000)); process.stdout.write(Buffer.from("😀").subarray(0, 2)); process.stdout.write(Buffer.from("😀").subarray(2))',
    );
    assert.equal(stdout, `${'é😀x'.repeat(1_000_000)}😀`);
  });

  it('appears while the cell computes', async () => {
    const { worker } = session;
    const printed = worker.next('output');
    const execution = worker.execute({ code: 'console.log("now"); for (;;);', dialect: 'javascript' });
    assert.equal((await printed).payload.toString(), 'now\n');
    worker.send({ type: 'cancel', executionId: execution.id });
    await execution.finished;
  });

  it('of children and of raw writes belongs to the cell', async () => {
    for (let i = 0; i < 20; i++) {
      const { stdout, stderr } = await session.js(
        `require('child_process').execSync('echo child ${i}; echo oops >&2', { stdio: 'inherit' }); require('fs').writeSync(1, 'raw'); console.log('log ${i}')`,
      );
      assert.equal(stdout, `log ${i}\nchild ${i}\nraw`);
      assert.equal(stderr, 'oops\n');
    }
  });

  it('of a timer is the session’s once its cell is over, also while another cell runs (Node 20 cannot tell whose it is)', async function () {
    if (Number((await testNode()).version.split('.')[0]) < 22) this.skip();
    await session.js('setTimeout(() => console.log("from a timer"), 20)');
    const { stdout } = await session.js('await new Promise((resolve) => setTimeout(resolve, 60)); console.log("own")');
    assert.equal(stdout, 'own\n');
    assert.match(session.worker.output(null, 'stdout'), /from a timer\n/);
  });

  it('reports errors outside of cells and goes on', async () => {
    await session.js('setTimeout(() => { throw new Error("in a timer") }); Promise.reject(new Error("nobody cares"))');
    await session.js('await new Promise((resolve) => setTimeout(resolve, 30))');
    const stderr = session.worker.output(null, 'stderr');
    assert.match(stderr, /Uncaught error outside of a cell:\nError: in a timer/);
    await session.js(
      'process.removeAllListeners(); setTimeout(() => { throw null }); Promise.reject(new Error("still nobody"))',
    );
    await session.js('await new Promise((resolve) => setTimeout(resolve, 30))');
    assert.match(session.worker.output(null, 'stderr'), /still nobody/);
    assert.equal(await session.text('1'), '1');
  });
});
