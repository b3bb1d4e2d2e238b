import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import { type NewPrompt, OpenPrompts, type PromptEnd } from '../../../backend/capabilities/open-prompts.ts';
import { DurablePromises } from '../../../backend/durable/durable-promises.ts';
import { ids } from '../../../backend/durable/ids.ts';
import { PromptRecords } from '../../../backend/durable/prompt-records.ts';
import { AnswerPrompt, ListPrompts, type Prompt, ReadHistory } from '../../../backend/protocol/client/index.ts';
import type { BackendClient } from '../../../backend/rpc/client.ts';
import { StateFolder } from '../../../backend/rpc/state-folder.ts';
import { languages } from '../../../backend/workers/index.ts';
import { stop, TestSession, TestWorkspace } from '../../helpers/backend.ts';

describe('prompts as durable promises', () => {
  let folder: string;
  let promises: DurablePromises;
  const told: string[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'holdfast-prompts-'));
    promises = new DurablePromises({ kind: 'embedded', folder });
    told.length = 0;
  });
  afterEach(async () => {
    await promises.close();
    await rm(folder, { recursive: true });
  });

  const onDisk = () =>
    readdirSync(folder)
      .filter((name) => name.startsWith('journal-'))
      .map((name) => readFileSync(path.join(folder, name), 'latin1'))
      .join('');
  /** Requests about a promise that are on disk. */
  const written = (id: string) => onDisk().split(`"id":"${id}"`).length - 1;

  function open(records = new PromptRecords(promises)) {
    return new OpenPrompts({
      records,
      timeoutMs: () => null,
      isRepeatable: () => true,
      listener: {
        opened: ({ executionId }) => told.push(`opened ${written(ids.prompt(executionId ?? '', 0))}`),
        closed: (_, reason) => told.push(reason),
      },
    });
  }

  /** Asks, and settles with how that ends. */
  function ask(prompts: OpenPrompts, executionId: string, more: Partial<Prompt> = {}): Promise<PromptEnd> {
    return new Promise((ended) => prompts.open(question(executionId, ended, more)));
  }

  function question(executionId: string, ended: NewPrompt['ended'], more: Partial<Prompt> = {}): NewPrompt {
    const prompt: Prompt = {
      promptId: randomUUID(),
      sessionId: 's',
      executionId,
      capability: 'input',
      prompt: 'Who?',
      form: { kind: 'text', secret: false },
      location: null,
      createdAt: 0,
      ...more,
    };
    return { requestId: 1, answer: z.string(), ended, prompt };
  }

  const shown = async (prompts: OpenPrompts) => {
    while (prompts.all.length === 0) await new Promise((resolve) => setImmediate(resolve));
    return prompts.all[0]?.promptId ?? '';
  };

  it('are on disk before they are shown, and their ends before they are told', async () => {
    const prompts = open();
    const ended = ask(prompts, 'one').then((end) => told.push(`${JSON.stringify(end)} ${written('exec-one:input.0')}`));
    assert.deepEqual(prompts.all, [], 'shown before it was written');
    await prompts.answer(await shown(prompts), 'Ada');
    await ended;
    assert.deepEqual(told, ['opened 1', 'answered', '{"status":"answered","value":"Ada"} 2']);
  });

  it('are never shown when their program has gone while they were written', async () => {
    const prompts = open();
    void ask(prompts, 'one');
    prompts.abandon(() => true);
    const second = ask(prompts, 'two');
    await prompts.answer(await shown(prompts), 'Ada');
    assert.equal((await second).status, 'answered');
    assert.deepEqual(told, ['opened 1', 'answered']);
    await promises.available();
    assert.equal((await promises.current?.get('exec-one:input.0'))?.state, 'cancelled');
  });

  it('have one answer: that of another process that was first', async () => {
    const prompts = open();
    const ended = ask(prompts, 'one');
    const promptId = await shown(prompts);
    await promises.write((durable) =>
      durable.settle('exec-one:input.0', 'resolve', { fate: 'answered', answer: 'Bob' }),
    );
    await assert.rejects(prompts.answer(promptId, 'Ada'), { code: 'conflict' });
    assert.deepEqual(await ended, { status: 'answered', value: 'Bob' });
  });

  it('have one answer: the later of two at once is told that it is late', async () => {
    const prompts = open();
    const ended = ask(prompts, 'one');
    const promptId = await shown(prompts);
    const [first, second, third] = await Promise.allSettled([
      prompts.answer(promptId, 'Ada'),
      prompts.answer(promptId, 'Bob'),
      prompts.refuse(promptId),
    ]);
    assert.deepEqual([first?.status, second?.status, third?.status], ['fulfilled', 'rejected', 'rejected']);
    assert.deepEqual(await ended, { status: 'answered', value: 'Ada' });
  });

  it('give up an answer whose program went away while it was written', async () => {
    const prompts = open();
    let ended = false;
    prompts.open(question('one', () => (ended = true)));
    const answering = prompts.answer(await shown(prompts), 'Ada');
    prompts.abandon(() => true);
    await assert.rejects(answering, { code: 'conflict' });
    await prompts.closed();
    assert.equal(ended, false);
    assert.deepEqual(told, ['opened 1', 'abandoned']);
  });

  it('are answered as before when their execution runs again and asks the same, and only then', async () => {
    const records = new PromptRecords(promises);
    const prompts = open(records);
    const questions = [{}, { prompt: 'And then?' }, { form: { kind: 'text', secret: true } as const }];
    for (const [n, more] of questions.entries()) {
      const ended = ask(prompts, 'one', more);
      await prompts.answer(await shown(prompts), `answer ${n}`);
      await ended;
    }
    told.length = 0;
    records.runsAgain('one');
    // The first is the same; the second is another one now; the answer to the third was secret.
    assert.deepEqual(await ask(prompts, 'one'), { status: 'answered', value: 'answer 0' });
    for (const more of [{ prompt: 'And now?' }, { form: { kind: 'text', secret: true } as const }]) {
      const ended = ask(prompts, 'one', more);
      await prompts.answer(await shown(prompts), 'anew');
      assert.deepEqual(await ended, { status: 'answered', value: 'anew' });
    }
  });

  it('work in memory when they cannot be kept', async () => {
    await promises.available();
    const failed = new DurablePromises({ kind: 'embedded', folder: path.join(folder, 'journal-00000001', 'x') });
    await assert.rejects(failed.available());
    const prompts = open(new PromptRecords(failed));
    const ended = ask(prompts, 'one');
    await prompts.answer(await shown(prompts), 'Ada');
    assert.deepEqual(await ended, { status: 'answered', value: 'Ada' });
  });
});

for (const { id, label } of languages) {
  describe(`prompts of ${label}, and a backend that is killed`, () => {
    let workspace: TestWorkspace;
    let client: BackendClient;

    beforeEach(async () => {
      workspace = await TestWorkspace.make();
      client = await workspace.connect();
    });
    afterEach(async () => {
      await stop(client);
      await workspace.remove();
    });

    async function killBackend(): Promise<void> {
      const gone = new Promise((resolve) => client.onClose(resolve));
      process.kill(client.hello.pid, 'SIGKILL');
      await gone;
    }

    const ASK = { python: '\nname = input("Who?\\nSay it.")', javascript: '\nawait input("Who?\\nSay it.")' };
    const MANY = {
      python: 'import asyncio\nawait asyncio.gather(*[choose.aio("?", [1]) for _ in range(1000)])',
      javascript: 'await Promise.all(Array.from({ length: 1000 }, () => choose("?", [1])))',
    };
    const SECRET = {
      python: 'from getpass import getpass\nx = (getpass("Key? "), input("Name? ")); None',
      javascript: 'const x = [await input("Key? ", { secret: true }), await input("Name? ")]; undefined',
    };

    it('the next one says which question was open', async () => {
      const session = await TestSession.open(client, id);
      const { executionId } = await session.start(ASK[id], { file: '/w/ask.x' });
      await session.prompt(executionId);
      await killBackend();
      client = await workspace.connect();
      const [lost] = (await client.request(ReadHistory, { count: 1 })).executions;
      assert.equal(lost?.status, 'lost');
      assert.match(lost?.summary ?? '', /It was waiting for an answer to “Who\?” \(ask\.x:2\)\./);
      assert.deepEqual((await client.request(ListPrompts, {})).prompts, []);
    });

    it('a thousand that were told are all on disk', async () => {
      const session = await TestSession.open(client, id);
      await session.start(MANY[id]);
      await session.until(() =>
        session.events.filter(({ event }) => event.kind === 'prompt_opened').length === 1000 ? true : undefined,
      );
      await killBackend();
      const folder = await StateFolder.of(workspace.path, workspace.env);
      const promises = new DurablePromises({ kind: 'embedded', folder: folder.promisesFolder });
      try {
        const durable = await promises.available();
        const found: string[] = [];
        for await (const prompt of durable.search({ state: 'pending', tags: { 'holdfast-kind': 'prompt' } }))
          found.push(prompt.id);
        assert.equal(found.length, 1000);
      } finally {
        await promises.close();
      }
      client = await workspace.connect();
    });

    it('no answer is in any file that is left', async () => {
      const session = await TestSession.open(client, id);
      const { executionId, ended } = await session.start(SECRET[id]);
      for (const [n, value] of ['hunter-two', 'whoever-it-is'].entries()) {
        const { promptId } = await session.prompt(executionId, n);
        await client.request(AnswerPrompt, { promptId, value });
      }
      assert.equal((await ended).status, 'succeeded');
      await killBackend();
      const files = await readdir(workspace.state, { recursive: true, withFileTypes: true });
      let looked = 0;
      for (const file of files.filter((entry) => entry.isFile())) {
        const bytes = await readFile(path.join(file.parentPath, file.name));
        looked += bytes.length;
        for (const text of [bytes.toString('latin1'), ...encodedParts(bytes.toString('latin1'))]) {
          assert.ok(!text.includes('hunter-two') && !text.includes('whoever-it-is'), file.name);
        }
      }
      assert.ok(looked > 1000);
      client = await workspace.connect();
    });
  });
}

/** What stands as base64 in the text of a journal. */
function encodedParts(text: string): string[] {
  return [...text.matchAll(/"data":"([A-Za-z0-9+/=]+)"/g)].map(([, data = '']) =>
    Buffer.from(data, 'base64').toString('latin1'),
  );
}
