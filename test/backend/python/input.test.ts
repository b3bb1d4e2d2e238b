import assert from 'node:assert/strict';
import type { Of } from '../../helpers/worker-process.ts';
import { interpreters, Session } from './session.ts';

for (const interpreter of await interpreters()) {
  describe(`input on Python ${interpreter.version}`, () => {
    let session: Session;
    before(async () => {
      session = await Session.start(interpreter);
    });
    after(() => session.stop());

    /** Runs a cell that asks once, and answers it. */
    async function asked(code: string, answer: object) {
      const execution = session.execute(code, { path: '/home/ada/ask.py', line: 10 });
      const request: Of<'capability_request'> = await session.worker.next('capability_request');
      session.worker.send({ type: 'capability_response', requestId: request.requestId, answer: answer as never });
      return { request, ended: await execution.finished };
    }

    it('asks with its prompt and its line, and returns the answer', async () => {
      const { request, ended } = await asked('def ask():\n  return input("Name? ")\nprint("hi " + ask())', {
        status: 'answered',
        value: 'Ada 🎈',
      });
      assert.equal(request.capability, 'input');
      assert.equal(request.executionId, ended.executionId);
      assert.deepEqual(request.parameters, { prompt: 'Name? ', secret: false });
      assert.deepEqual(request.location, { file: '/home/ada/ask.py', line: 11 });
      assert.equal(ended.stdout, 'hi Ada 🎈\n');
    });

    it('getpass is a secret question', async () => {
      const { request, ended } = await asked('import getpass\ngetpass.getpass()', { status: 'answered', value: 's' });
      assert.deepEqual(request.parameters, { prompt: 'Password: ', secret: true });
      assert.equal(ended.text, "'s'");
    });

    it('what was printed before is out before the question', async () => {
      const execution = session.execute('print("first", end="")\ninput()');
      const request = await session.worker.next('capability_request');
      assert.equal(typeof request.sync, 'number');
      session.worker.send({
        type: 'capability_response',
        requestId: request.requestId,
        answer: { status: 'answered', value: '' },
      });
      assert.equal((await execution.finished).stdout, 'first');
    });

    for (const [code, name] of [
      ['denied', 'PermissionError'],
      ['closed', 'EOFError'],
      ['timeout', 'TimeoutError'],
      ['invalid', 'TypeError'],
    ] as const) {
      it(`${code} is raised as ${name}`, async () => {
        const { ended } = await asked('input()', { status: 'failed', code, message: 'Because.' });
        assert.deepEqual([ended.error?.name, ended.error?.message], [name, 'Because.']);
      });
    }

    it('an answer that is no text is a TypeError', async () => {
      const { ended } = await asked('input()', { status: 'answered', value: [1] });
      assert.equal(ended.error?.name, 'TypeError');
    });

    it('is cancelled while it waits; an answer that comes later is dropped', async () => {
      const execution = session.execute('input()');
      const { requestId } = await session.worker.next('capability_request');
      session.cancel(execution.id);
      const { status, rung } = await execution.finished;
      assert.deepEqual([status, rung], ['cancelled', 'cooperative']);
      session.worker.send({ type: 'capability_response', requestId, answer: { status: 'answered', value: 'late' } });
      assert.equal(await session.text('1 + 1'), '2');
    });

    it('may be asked by other threads', async () => {
      const { request, ended } = await asked(
        'import threading\ngot = []\nt = threading.Thread(target=lambda: got.append(input("t")))\nt.start(); t.join()\ngot',
        { status: 'answered', value: 'x' },
      );
      assert.equal(request.location?.line, 12);
      assert.equal(ended.text, "['x']");
    });
  });
}
