import assert from 'node:assert/strict';
import { Session } from './session.ts';

describe('JavaScript worker: questions', () => {
  let session: Session;

  beforeEach(async () => {
    session = await Session.start();
  });

  afterEach(() => session.stop());

  for (const [code, secret] of [
    ['const name = await input("name?"); name + "!"', false],
    ['const name = await input("name?", { secret: true }); name + "!"', true],
    ['prompt("name?") + "!"', false],
  ] as const) {
    it(`are asked and answered: ${code}`, async () => {
      const { worker } = session;
      const asked = worker.next('capability_request');
      const execution = worker.execute({ code: `\n${code}`, dialect: 'javascript', source: { line: 10 } });
      const { requestId, capability, parameters, location, executionId } = await asked;
      assert.deepEqual([capability, parameters, executionId], ['input', { prompt: 'name?', secret }, execution.id]);
      assert.deepEqual(location, { file: '<test>', line: 11 });
      worker.send({ type: 'capability_response', requestId: 999, answer: { status: 'answered', value: 'wrong' } });
      worker.send({ type: 'capability_response', requestId, answer: { status: 'answered', value: 'Ada' } });
      worker.send({ type: 'capability_response', requestId, answer: { status: 'answered', value: 'twice' } });
      assert.equal((await execution.finished).text, "'Ada!'");
    });
  }

  for (const [code, name] of [
    ['denied', 'PermissionError'],
    ['closed', 'EOFError'],
    ['timeout', 'TimeoutError'],
    ['invalid', 'TypeError'],
  ] as const) {
    for (const ask of ['await input("?")', 'prompt("?")']) {
      it(`become ${name} when ${code}: ${ask}`, async () => {
        const asked = session.worker.next('capability_request');
        const execution = session.worker.execute({ code: ask, dialect: 'javascript' });
        const { requestId } = await asked;
        session.worker.send({
          type: 'capability_response',
          requestId,
          answer: { status: 'failed', code, message: 'why' },
        });
        const { error } = await execution.finished;
        assert.deepEqual([error?.name, error?.message], [name, 'why']);
      });
    }
  }
});
