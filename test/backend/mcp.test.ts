import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client, type ElicitRequestFormParams, type ElicitResult } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { ListPrompts } from '../../backend/protocol/client/index.ts';
import { dist, TestWorkspace } from '../helpers/backend.ts';
import { eventually } from '../helpers/eventually.ts';

interface Told {
  readonly text: string;
  readonly isError: boolean;
  readonly structured: Readonly<Record<string, unknown>>;
}

type Answer = (form: ElicitRequestFormParams) => ElicitResult | Promise<ElicitResult>;

/** Both ways in which clients of the protocol speak: `initialize` as before, and requests that carry all of it. */
const ERAS = [
  ['of 2025', 'legacy'],
  ['of 2026', 'auto'],
] as const;

for (const [era, mode] of ERAS) {
  describe(`holdfast mcp, with a client ${era}`, () => {
    let workspace: TestWorkspace;
    const open: Client[] = [];

    before(async () => {
      workspace = await TestWorkspace.make();
    });
    afterEach(async () => {
      for (const client of open.splice(0)) await client.close();
    });
    after(() => workspace.remove());

    async function agent(answer?: Answer): Promise<Client> {
      const client = new Client(
        { name: 'test', version: '1' },
        { versionNegotiation: { mode }, capabilities: answer ? { elicitation: { form: {} } } : {} },
      );
      if (answer)
        client.setRequestHandler('elicitation/create', ({ params }) => answer(params as ElicitRequestFormParams));
      const env = Object.fromEntries(
        Object.entries(workspace.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
      );
      const args = [path.join(dist, 'cli.js'), 'mcp', '--workspace', workspace.path];
      await client.connect(new StdioClientTransport({ command: process.execPath, args, env, stderr: 'inherit' }));
      open.push(client);
      return client;
    }

    async function call(client: Client, name: string, args: Record<string, unknown>): Promise<Told> {
      const result = await client.callTool({ name, arguments: args }, { timeout: 60_000 });
      const content = result.content as readonly { type: string; text?: string }[];
      const text = content.map((part) => part.text ?? `[${part.type}]`).join('\n');
      return { text, isError: result.isError === true, structured: Object(result.structuredContent) };
    }

    const python = (client: Client, code: string, more: Record<string, unknown> = {}) =>
      call(client, 'run_code', { language: 'python', code, ...more });

    it('offers three tools, none of which answers a question', async () => {
      const { tools } = await (await agent()).listTools();
      assert.deepEqual(
        tools.map(({ name }) => name),
        ['run_code', 'read_output', 'read_namespace'],
      );
    });

    it('runs code in the session of the language, and reads its variables', async () => {
      const client = await agent();
      const { structured } = await python(client, 'print("hi")\ntotal = 6 * 7\ntotal');
      assert.deepEqual([structured['status'], structured['value'], structured['output']], ['succeeded', '42', 'hi\n']);
      assert.equal(structured['session'], 'python');
      const { text } = await call(client, 'read_namespace', { language: 'python' });
      assert.match(text, /total\s+int\s+42/);
      const js = await call(client, 'run_code', { language: 'typescript', code: 'const n: number = 4; n + 1' });
      assert.equal(js.structured['value'], '5');
    });

    it('gives what code threw as its answer', async () => {
      const { structured, isError } = await python(await agent(), '1 / 0');
      assert.equal(isError, false);
      assert.equal(structured['status'], 'failed');
      assert.match(String(structured['error']), /ZeroDivisionError/);
    });

    it('comes back when the time is up, and waits again with read_output', async () => {
      const client = await agent();
      const gate = path.join(workspace.path, `go-${mode}`);
      const code = `import os, time\nwhile not os.path.exists(${JSON.stringify(gate)}): time.sleep(0.01)\nprint("done")`;
      const first = await python(client, code, { wait_seconds: 0 });
      assert.match(String(first.structured['status']), /^(queued|running)$/);
      const again = call(client, 'read_output', {
        execution_id: first.structured['execution_id'],
        wait_seconds: 50,
      });
      await writeFile(gate, '');
      assert.match((await again).text, /succeeded/);
      const page = await call(client, 'read_output', { execution_id: first.structured['execution_id'], start: 0 });
      assert.match(page.text, /^Bytes 0 to 5 of 5\n\ndone/);
    });

    for (const [kind, code, content, value] of [
      ['text', 'input("Who? ")', { answer: 'Ada' }, "'Ada'"],
      ['yes or no', 'approve("Sure?")', { answer: true }, 'True'],
      ['one of several', 'choose("Which?", ["a", "b"])', { answer: '1' }, "'b'"],
      ['some of several', 'choose("Which?", ["a", "b", "c"], many=True)', { answer: ['0', '2'] }, "['a', 'c']"],
      ['a review', 'review("select 1", "Good?")', { approved: true, text: 'select 2' }, "'select 2'"],
    ] as const) {
      it(`puts a question to the person through the client: ${kind}`, async () => {
        const forms: ElicitRequestFormParams[] = [];
        const client = await agent((form) => {
          forms.push(form);
          return { action: 'accept', content: { ...content } as Record<string, string | boolean | string[]> };
        });
        const { structured } = await python(client, code);
        assert.deepEqual([structured['status'], structured['value']], ['succeeded', value]);
        assert.equal(forms.length, 1);
        assert.match(forms[0]?.message ?? '', /:1 asks:\n/);
      });
    }

    it('asks the person for permission with the same choices as the editor, and remembers the answer', async () => {
      const forms: ElicitRequestFormParams[] = [];
      const client = await agent((form) => {
        forms.push(form);
        return { action: 'accept', content: { answer: 'allow_session' } };
      });
      const code = `write_file("made-${mode}.txt", "x")`;
      assert.equal((await python(client, code)).structured['status'], 'succeeded');
      assert.equal((await python(client, code)).structured['status'], 'succeeded');
      const [form] = forms;
      assert.ok(form && forms.length === 1);
      assert.match(form.message, new RegExp(`made-${mode}\\.txt`));
      const field = form.requestedSchema.properties['answer'];
      const choices = field && 'oneOf' in field ? field.oneOf.map((choice) => choice.const) : [];
      assert.deepEqual(choices, [
        'allow_once',
        'allow_session',
        'allow_workspace',
        'allow_always',
        'deny_once',
        'deny_all',
      ]);
      const refusing = await agent(() => ({ action: 'decline' }));
      const { structured } = await python(refusing, 'write_file("other.txt", "x")');
      assert.match(String(structured['error']), /PermissionError/);
    });

    it('takes a declined form for a no', async () => {
      const client = await agent(() => ({ action: 'decline' }));
      assert.equal((await python(client, 'approve("Sure?")')).structured['value'], 'False');
      const { structured } = await python(client, 'input("Who? ")');
      assert.match(String(structured['error']), /EOFError/);
    });

    it('asks again, with the reason, after an answer that makes no sense', async () => {
      const messages: string[] = [];
      const client = await agent(({ message }) => {
        messages.push(message);
        return { action: 'accept', content: { answer: messages.length === 1 ? 'here.txt' : '/tmp/here.txt' } };
      });
      const { structured, text } = await python(client, 'pick_file("Where to?", select="save")');
      assert.equal(structured['value'], "'/tmp/here.txt'", text);
      assert.match(messages[1] ?? '', /absolute path/);
    });

    /** Runs code whose question waits in the editor, and answers it there. @param shown settles when the agent's program has shown it */
    async function answerElsewhere(
      client: Client,
      code: string,
      shown?: () => Promise<unknown>,
      value = 'later',
    ): Promise<void> {
      const backend = await workspace.connect();
      const called = python(client, code, { wait_seconds: 600 });
      const prompt = await eventually(async () => {
        const { prompts } = await backend.request(ListPrompts, {});
        assert.equal(prompts.length, 1);
        return prompts[0];
      }, 30_000);
      assert.ok(prompt);
      await shown?.();
      await eventually(async () => {
        const told = await call(client, 'read_output', { execution_id: prompt.executionId, wait_seconds: 0 });
        assert.equal(told.structured['status'], 'waiting', told.text);
        assert.match(told.text, /A person has to answer/);
      }, 30_000);
      await backend.call('AnswerPrompt', { promptId: prompt.promptId, value });
      backend.close();
      assert.equal((await called).structured['value'], "'later'");
    }

    it('leaves a question that is put off, a secret, and those of a client without forms to the editor', async () => {
      let asked = 0;
      const shown = Promise.withResolvers<void>();
      const withForms = await agent(() => {
        asked++;
        shown.resolve();
        return { action: 'cancel' };
      });
      await answerElsewhere(withForms, 'input("Who? ")', () => shown.promise);
      assert.equal(asked, 1);
      await answerElsewhere(withForms, 'import getpass\ngetpass.getpass("Key? ")');
      assert.equal(asked, 1);
      await answerElsewhere(await agent(), 'input("Who? ")');
    });

    it('leaves a question to the editor when what comes back never makes sense', async () => {
      let asked = 0;
      const shown = Promise.withResolvers<void>();
      const client = await agent(() => {
        if (++asked === 3) shown.resolve();
        return { action: 'accept', content: { answer: 'here.txt' } };
      });
      await answerElsewhere(client, 'pick_file("Where to?", select="save")[1:]', () => shown.promise, '/later');
      assert.equal(asked, 3);
    });

    // Clients of 2026 show forms between their calls.
    if (mode === 'legacy') {
      it('leaves a question to the editor when the client cannot show it after all', async () => {
        const shown = Promise.withResolvers<void>();
        const client = await agent(() => {
          shown.resolve();
          throw new Error('There is no window.');
        });
        await answerElsewhere(client, 'input("Who? ")', () => shown.promise);
      });

      it('takes the form back when the question is answered elsewhere', async () => {
        const shown = Promise.withResolvers<void>();
        const client = await agent(() => {
          shown.resolve();
          return new Promise<never>(() => {});
        });
        await answerElsewhere(client, 'input("Who? ")', () => shown.promise);
      });

      it('cancels the code when the call is cancelled while a form is open', async () => {
        const shown = Promise.withResolvers<void>();
        const client = await agent(() => {
          shown.resolve();
          return new Promise<never>(() => {});
        });
        const abort = new AbortController();
        const called = client.callTool(
          { name: 'run_code', arguments: { language: 'python', code: 'input("Who? ")' } },
          { signal: abort.signal, timeout: 60_000 },
        );
        await shown.promise;
        abort.abort();
        await assert.rejects(called);
        const backend = await workspace.connect();
        await eventually(async () => assert.deepEqual((await backend.request(ListPrompts, {})).prompts, []), 30_000);
        backend.close();
      });
    }

    it('says of code that another cell is before it', async () => {
      const client = await agent();
      const gate = path.join(workspace.path, `open-${mode}`);
      const code = `import os, time\nwhile not os.path.exists(${JSON.stringify(gate)}): time.sleep(0.01)`;
      const first = await python(client, code, { wait_seconds: 0 });
      const second = await python(client, '1 + 1', { wait_seconds: 0 });
      assert.equal(second.structured['status'], 'queued');
      assert.match(second.text, /waits for its turn/);
      await writeFile(gate, '');
      for (const [{ structured }, value] of [
        [first, null],
        [second, '2'],
      ] as const) {
        const told = await call(client, 'read_output', { execution_id: structured['execution_id'], wait_seconds: 50 });
        assert.deepEqual([told.structured['status'], told.structured['value']], ['succeeded', value]);
      }
    });

    it('cancels the code when the call is cancelled', async () => {
      const client = await agent();
      const abort = new AbortController();
      const code = 'print("started", flush=True)\nimport time\ntime.sleep(600)';
      const called = client.callTool(
        { name: 'run_code', arguments: { language: 'python', code, wait_seconds: 600, session: 'long' } },
        { signal: abort.signal, timeout: 60_000 },
      );
      const backend = await workspace.connect();
      const running = async () => {
        const { sessions } = await backend.call('ListSessions', {});
        return sessions.find(({ name }) => name === 'long')?.running ?? null;
      };
      await eventually(async () => assert.notEqual(await running(), null));
      abort.abort();
      await assert.rejects(called);
      await eventually(async () => assert.equal(await running(), null));
      backend.close();
    });

    it('says in words what it cannot do', async () => {
      const client = await agent();
      const { isError, text } = await call(client, 'read_output', { execution_id: 'nothing' });
      assert.deepEqual([isError, text], [true, 'No run of this connection has that execution_id.']);
    });
  });
}
