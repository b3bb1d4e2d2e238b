import assert from 'node:assert/strict';
import { AnswerPrompt, ClosePrompt, type ParamsOf, type Prompt } from '../../backend/protocol/client/index.ts';
import { HoldfastError } from '../../backend/protocol/errors.ts';
import type { PromptForm } from '../../backend/protocol/prompt-form.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import { languages } from '../../backend/workers/index.ts';
import type { LanguageId } from '../../backend/workers/language.ts';
import { TestSession, TestWorkspace } from '../helpers/backend.ts';

type Code = Readonly<Record<LanguageId, string>>;
type Value = ParamsOf<typeof AnswerPrompt>['value'];

interface Case {
  readonly name: string;
  readonly code: Code;
  readonly prompt: string;
  readonly form: PromptForm;
  /** What is answered, and the value of the cell then. */
  readonly answers: readonly (readonly [answer: Value, value: Readonly<Record<LanguageId, string | null>>])[];
  /** Answers that are refused, and what the refusal says. */
  readonly refused: readonly (readonly [answer: Value, message: RegExp])[];
}

const both = (text: string): Code => ({ python: text, javascript: text });
// Of None no value is shown.
const NOTHING = { python: null, javascript: 'null' };
const bool = (value: boolean): Code => ({ python: value ? 'True' : 'False', javascript: String(value) });
const options = [
  { label: 'red', detail: null },
  { label: '7', detail: null },
  { label: 'blue', detail: null },
];

const cases: readonly Case[] = [
  {
    name: 'approve',
    code: {
      python: 'approve("Delete it?", "All of it.", diff=("a", "b", "x.py"))',
      javascript:
        'await approve("Delete it?", { detail: "All of it.", diff: { before: "a", after: "b", name: "x.py" } })',
    },
    prompt: 'Delete it?',
    form: { kind: 'approve', detail: 'All of it.', diff: { name: 'x.py', before: 'a', after: 'b' } },
    answers: [
      [true, bool(true)],
      [false, bool(false)],
      ['Yes', bool(true)],
      [' n ', bool(false)],
    ],
    refused: [
      ['maybe', /yes or no/],
      [1, /Invalid input/],
    ],
  },
  {
    name: 'approve, plain',
    code: { python: 'approve("Go on?")', javascript: 'confirm("Go on?")' },
    prompt: 'Go on?',
    form: { kind: 'approve', detail: null, diff: null },
    answers: [['ok', bool(true)]],
    refused: [],
  },
  {
    name: 'choose',
    code: { python: 'choose("Which?", ["red", 7, "blue"])', javascript: 'await choose("Which?", ["red", 7, "blue"])' },
    prompt: 'Which?',
    form: { kind: 'choose', options, many: false },
    answers: [
      [[1], both('7')],
      [2, both("'blue'")],
      ['blue', both("'blue'")],
      // A label is meant before a number is.
      ['7', both('7')],
      ['1', both("'red'")],
    ],
    refused: [
      ['green', /There is no option "green". There are: 1 \(red\), 2 \(7\), 3 \(blue\)/],
      [[0, 1], /Exactly one/],
      [[3], /no option 3/],
      ['4', /no option "4"/],
      [[], /Exactly one/],
    ],
  },
  {
    name: 'choose, any number',
    code: {
      python: 'choose("Which?", {"red": 1, "7": 2, "blue": 3}, many=True)',
      javascript: 'await choose("Which?", ["red", "7", "blue"], { many: true })',
    },
    prompt: 'Which?',
    form: { kind: 'choose', options, many: true },
    answers: [
      [[0, 2, 0], { python: '[1, 3]', javascript: "[ 'red', 'blue' ]" }],
      ['red, 3', { python: '[1, 3]', javascript: "[ 'red', 'blue' ]" }],
      ['', { python: '[]', javascript: '[]' }],
    ],
    refused: [['red, green', /no option "green"/]],
  },
  {
    name: 'pick a file',
    code: {
      python: 'pick_file("A table", filters={"Tables": [".csv", "tsv"]}, folder="/tmp/x/..")',
      javascript: 'await pickFile("A table", { filters: { Tables: [".csv", "tsv"] }, folder: "/tmp/x/.." })',
    },
    prompt: 'A table',
    form: { kind: 'pick_file', select: 'file', filters: { Tables: ['csv', 'tsv'] }, folder: '/tmp' },
    answers: [
      [['/data/a.csv'], both("'/data/a.csv'")],
      ['/data/a.csv', both("'/data/a.csv'")],
    ],
    refused: [
      ['a.csv', /"a.csv" is not an absolute path/],
      [['/a', '/b'], /Exactly one path/],
      ['', /./],
    ],
  },
  {
    name: 'pick files',
    code: { python: 'pick_file(select="files")', javascript: 'await pickFile("", { select: "files" })' },
    prompt: '',
    form: { kind: 'pick_file', select: 'files', filters: {}, folder: null },
    answers: [[['/a', '/b'], { python: "['/a', '/b']", javascript: "[ '/a', '/b' ]" }]],
    refused: [],
  },
  {
    name: 'review',
    code: {
      python: 'review("select 1", "Run this?", language="sql")',
      javascript: 'await review("select 1", { prompt: "Run this?", language: "sql" })',
    },
    prompt: 'Run this?',
    form: { kind: 'review', text: 'select 1', language: 'sql' },
    answers: [
      [{ approved: true, text: 'select 2' }, both("'select 2'")],
      ['yes', both("'select 1'")],
      [{ approved: false, text: 'x' }, NOTHING],
      ['no', NOTHING],
    ],
    refused: [[{ approved: true }, /./]],
  },
];

/** Calls that ask nothing, since they make no sense, and what the TypeError says. */
const wrong: readonly (readonly [Code, RegExp])[] = [
  [{ python: 'choose("Which?", [])', javascript: 'await choose("Which?", [])' }, /There is nothing to choose from/],
  [{ python: 'pick_file(select="all")', javascript: 'await pickFile("", { select: "all" })' }, /select/],
  [{ python: 'notify("x", "loud")', javascript: 'await notify("x", "loud")' }, /level/],
  [{ python: 'notify("")', javascript: 'await notify("")' }, /empty/],
  [{ python: 'review("x" * 60_000)', javascript: 'await review("x".repeat(60_000))' }, /60,?000 characters/],
];

for (const { id, label } of languages) {
  describe(`questions in ${label}`, () => {
    let workspace: TestWorkspace;
    let client: BackendClient;
    let session: TestSession;

    before(async () => {
      workspace = await TestWorkspace.make();
      client = await workspace.connect();
      session = await TestSession.open(client, id);
    });
    after(() => workspace.remove());

    const answer = ({ promptId }: Prompt, value: Value) => client.request(AnswerPrompt, { promptId, value });

    for (const { name, code, prompt, form, answers, refused } of cases) {
      for (const [given, value] of answers) {
        it(`${name}: ${JSON.stringify(given)} gives ${value[id]}`, async () => {
          const { executionId, ended } = await session.start(code[id], { file: '/w/ask.x', line: 3 });
          const asked = await session.prompt(executionId);
          assert.deepEqual([asked.prompt, asked.form], [prompt, form]);
          assert.deepEqual(asked.location, { file: '/w/ask.x', line: 3 });
          await answer(asked, given);
          const outcome = await ended;
          assert.equal(outcome.status === 'succeeded' ? outcome.text : JSON.stringify(outcome), value[id]);
        });
      }

      if (refused.length > 0) {
        it(`${name}: stays open after an answer that makes no sense`, async () => {
          const { executionId, ended } = await session.start(code[id]);
          const asked = await session.prompt(executionId);
          for (const [given, message] of refused) {
            await assert.rejects(answer(asked, given), (error) => {
              assert.ok(error instanceof HoldfastError && error.code === 'invalid', String(error));
              assert.match(error.message, message);
              return true;
            });
          }
          await session.cancel(executionId);
          assert.equal((await ended).status, 'cancelled');
        });
      }

      it(`${name}: closed without an answer is an EOFError`, async () => {
        const { executionId, ended } = await session.start(code[id]);
        await client.request(ClosePrompt, { promptId: (await session.prompt(executionId)).promptId });
        const outcome = await ended;
        assert.equal(outcome.status === 'failed' && outcome.error.name, 'EOFError');
      });
    }

    for (const [code, message] of wrong) {
      it(`${code[id]} is a TypeError and asks nothing`, async () => {
        const { outcome, events } = await session.run(code[id]);
        assert.ok(outcome.status === 'failed', JSON.stringify(outcome));
        assert.equal(outcome.error.name, 'TypeError');
        assert.match(outcome.error.message, message);
        assert.deepEqual(
          events.filter(({ kind }) => kind === 'prompt_opened' || kind === 'noticed'),
          [],
        );
      });
    }

    it('notify tells the person, and goes on', async () => {
      const code = { python: 'notify("Half", "warning")\n1', javascript: 'await notify("Half", "warning")\n1' };
      const { executionId, outcome } = await session.run(code[id], { file: '/w/ask.x', line: 3 });
      assert.equal(outcome.status === 'succeeded' && outcome.text, '1');
      const told = session.events.flatMap(({ event }) => (event.kind === 'noticed' ? [event] : []));
      assert.deepEqual(told, [
        { kind: 'noticed', executionId, level: 'warning', message: 'Half', location: { file: '/w/ask.x', line: 3 } },
      ]);
    });
  });
}
