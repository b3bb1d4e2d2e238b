import assert from 'node:assert/strict';
import { languages } from '../../../backend/workers/index.ts';
import { javascript } from '../../../backend/workers/javascript/language.ts';
import type { LanguageId, WorkerCommand } from '../../../backend/workers/language.ts';
import { type Execution, type Of, WorkerProcess } from '../../helpers/worker-process.ts';
import { builtWorkers, testNode } from '../javascript/session.ts';
import { commandOf, interpreters } from '../python/session.ts';
import { awaited, type Case, cases, pythonCases } from './cases.ts';

interface Subject {
  readonly language: LanguageId;
  readonly label: string;
  readonly command: WorkerCommand;
}

async function subjects(): Promise<Subject[]> {
  const pythons = (await interpreters()).map(async (interpreter) => ({
    language: 'python' as const,
    label: `Python ${interpreter.version}`,
    command: await commandOf(interpreter),
  }));
  const node = await testNode();
  const command = javascript.command(node, builtWorkers, process.env);
  return [
    ...(await Promise.all(pythons)),
    { language: 'javascript', label: `JavaScript on Node ${node.version}`, command },
  ];
}

/** The forms of a call: Python has two. */
function forms(one: Case, language: LanguageId): readonly string[] {
  if (language === 'javascript') return [one.code.javascript];
  const other = awaited(one.code.python);
  return other === null ? [one.code.python] : [one.code.python, other];
}

const failures = [
  ['denied', 'PermissionError', undefined, 'PermissionError'],
  ['closed', 'EOFError', undefined, 'EOFError'],
  ['timeout', 'TimeoutError', undefined, 'TimeoutError'],
  ['invalid', 'TypeError', undefined, 'TypeError'],
  ['failed', 'FileNotFoundError', 'ENOENT', 'Error'],
  ['failed', 'OSError', undefined, 'Error'],
] as const;

for (const { language, label, command } of await subjects()) {
  describe(`functions in ${label}`, () => {
    const { dialects } = languages.find(({ id }) => id === language) ?? assert.fail();
    let worker: WorkerProcess;

    before(async () => {
      worker = await WorkerProcess.start(command, { cwd: '/tmp' });
      if (language === 'python') await worker.run({ code: 'from getpass import getpass', dialect: 'python' });
    });
    after(() => worker.stop());

    /** Starts a cell, and gives what it asks for. */
    async function asked(code: string): Promise<{ execution: Execution; request: Of<'capability_request'> }> {
      const asks = worker.next('capability_request');
      const execution = worker.execute({ code, dialect: dialects[0] ?? 'python', source: { path: '/w/a.x', line: 5 } });
      const early = execution.finished.then(({ error }) => assert.fail(`It ended: ${error?.traceback}`));
      const request = await Promise.race([asks, early]);
      early.catch(() => {});
      return { execution, request };
    }

    const all = language === 'python' ? [...cases, ...pythonCases] : cases;
    for (const one of all) {
      for (const code of forms(one, language)) {
        it(`${one.name}: ${code.replaceAll('\n', '; ')}`, async () => {
          const { execution, request } = await asked(code);
          assert.deepEqual([request.capability, request.parameters], [one.capability, one.parameters]);
          assert.deepEqual([request.executionId, request.location], [execution.id, { file: '/w/a.x', line: 5 }]);
          assert.equal(request.payload.toString(), one.sent ?? '');
          worker.send(
            {
              type: 'capability_response',
              requestId: request.requestId,
              answer: { status: 'answered', value: one.value as never },
            },
            Buffer.from(one.payload ?? ''),
          );
          const { text, error } = await execution.finished;
          assert.equal(text, one.text[language], error?.traceback);
        });
      }

      for (const [code, python, errno, javascript] of failures) {
        const [call = ''] = forms(one, language).slice(-1);
        const name = language === 'python' ? python : javascript;
        it(`${one.name}: ${code}${errno ? ` (${errno})` : ''} is ${name}`, async () => {
          const { execution, request } = await asked(call);
          worker.send({
            type: 'capability_response',
            requestId: request.requestId,
            answer: { status: 'failed', code, message: 'Because.', ...(errno && { errno }) },
          });
          const { error } = await execution.finished;
          assert.equal(error?.name, name);
          assert.match(error?.message ?? '', /Because\./);
        });
      }

      it(`${one.name}: is cancelled while it waits, and the next question is asked again`, async () => {
        for (const code of forms(one, language)) {
          const { execution } = await asked(code);
          worker.send({ type: 'cancel', executionId: execution.id });
          const { status, rung } = await execution.finished;
          assert.equal(status, 'cancelled', code);
          // In JavaScript the request can be here while the cell has not come to its await yet: then it is terminated.
          assert.ok(rung === 'cooperative' || (language === 'javascript' && rung === 'interrupt'), `${code}: ${rung}`);
        }
        const { execution, request } = await asked(language === 'python' ? 'input()' : 'await input()');
        worker.send({
          type: 'capability_response',
          requestId: request.requestId,
          answer: { status: 'answered', value: 'x' },
        });
        assert.equal((await execution.finished).text, "'x'");
      });
    }
  });
}
