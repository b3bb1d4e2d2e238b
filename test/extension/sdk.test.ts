import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import * as z from 'zod';
import type { CapabilityCallContext } from '../../extension/sdk/capability.ts';
import { eventually } from '../helpers/eventually.ts';
import { closeAllEditors, expectInline, holdfast, openUntitled, runLine } from './support/holdfast.ts';

const JAVASCRIPT = 'await capability("greet_somebody", { name: "Ada" })';

describe('the API for other extensions', () => {
  let api: Awaited<ReturnType<typeof holdfast>>;
  const offers: vscode.Disposable[] = [];

  before(async () => {
    api = await holdfast();
  });
  afterEach(async () => {
    for (const offer of offers.splice(0)) offer.dispose();
    await vscode.commands.executeCommand('holdfast.cancelExecution');
    await closeAllEditors();
  });

  function greet(perform: (name: string, context: CapabilityCallContext) => string | Promise<string>) {
    const offer = api.registerCapability({
      name: 'greet_somebody',
      kind: 'request_response',
      description: 'Greets somebody.',
      parameters: z.object({ name: z.string().min(1, 'Nobody has no name.') }),
      perform: ({ name }, context) => perform(name, context),
    });
    offers.push(offer);
    return offer;
  }

  async function expectRun(language: string, code: string, text: string | RegExp): Promise<void> {
    const editor = await openUntitled(language, code);
    await runLine(editor, 0);
    await expectInline(editor, 0, text);
  }

  it('lets programs ask another extension, which learns who asks', async () => {
    let asked: CapabilityCallContext | undefined;
    const { offered } = greet((name, context) => {
      asked = context;
      return `Hello, ${name}.`;
    });
    await expectRun('python', '1', '1');
    await offered;
    await expectRun('python', 'capability("greet_somebody", name="Ada")', "'Hello, Ada.'");
    assert.deepEqual([asked?.location?.line, asked?.signal.aborted], [1, false]);
    await expectRun('javascript', JAVASCRIPT, "'Hello, Ada.'");
  });

  it('refuses wrong parameters with the words of the schema, before it asks', async () => {
    let calls = 0;
    await greet(() => String(++calls)).offered;
    await expectRun('python', 'capability("greet_somebody", name=1)', /^TypeError: /);
    assert.equal(calls, 0);
  });

  it('makes an exception of what the other extension throws', async () => {
    await greet((name) => {
      if (name === 'Eve') throw Object.assign(new Error('Not you.'), { code: 'denied' });
      throw new Error('Out of greetings.');
    }).offered;
    await expectRun('python', 'capability("greet_somebody", name="Eve")', /^PermissionError: .*Not you\./);
    await expectRun('python', 'capability("greet_somebody", name="Ada")', /^OSError: .*Out of greetings\./);
  });

  it('tells the other extension when nobody waits any more', async () => {
    let signal: AbortSignal | undefined;
    await greet((_, context) => {
      ({ signal } = context);
      return new Promise(() => {});
    }).offered;
    const editor = await openUntitled('python', 'capability("greet_somebody", name="Ada")');
    await runLine(editor, 0);
    await eventually(() => assert.equal(signal?.aborted, false));
    await vscode.commands.executeCommand('holdfast.cancelExecution');
    await expectInline(editor, 0, 'cancelled');
    await eventually(() => assert.equal(signal?.aborted, true));
  });

  it('takes an offer back', async () => {
    const offer = greet((name) => name);
    await offer.offered;
    offer.dispose();
    await eventually(async () => {
      await expectRun('python', 'capability("greet_somebody", name="Ada")', /^[A-Z]\w*Error: .*greet_somebody/);
    });
  });

  it('refuses what cannot be offered, with what would be right', async () => {
    const definition = { kind: 'request_response', description: 'x', parameters: { type: 'object' }, perform: () => 1 };
    const offer = (name: string) => api.registerCapability({ ...definition, name } as never);
    assert.throws(() => offer('Not A Name'), /small letters and _/);
    // The host's own name: only the backend knows those.
    const own = offer('read_file');
    offers.push(own);
    await assert.rejects(own.offered, /already/);
  });

  it('runs code at the level of extensions, marked as such', async () => {
    const { status, value } = await api.run({ language: 'python', code: '6 * 7' });
    assert.deepEqual([status, value], ['succeeded', '42']);
    assert.equal(api.results().at(-1)?.by, 'by an extension');
    const written = api.run({ language: 'python', code: 'write_file("extension.txt", "x")' });
    const prompt = await eventually(() => api.shownPrompt() ?? assert.fail('nothing is asked'));
    assert.equal(prompt.form.kind, 'permission');
    await vscode.commands.executeCommand('holdfast.denyPrompt');
    assert.match((await written).error ?? '', /^PermissionError/);
  });

  // How a loop that prints has ended comes behind what it has printed.
  for (const [kind, code] of [
    ['is silent', 'while True: pass'],
    ['floods', 'while True: print("x" * 1000)'],
  ] as const) {
    it(`cancels code that ${kind} with its token, and says so`, async () => {
      const token = new vscode.CancellationTokenSource();
      const endless = api.run({ language: 'python', code, token: token.token });
      await eventually(() => assert.equal(api.results().at(-1)?.status, 'running'));
      // What is printed has begun to travel in bursts.
      if (kind === 'floods') await eventually(() => assert.ok((api.results().at(-1)?.output.length ?? 0) > 50_000));
      token.cancel();
      assert.equal((await endless).status, 'cancelled');
    });
  }
});
