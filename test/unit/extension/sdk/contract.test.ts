import assert from 'node:assert/strict';
import * as z from 'zod';
import type { CapabilityDefinition } from '../../../../extension/sdk/capability.ts';
import { contractOf, type Examples, testCapability } from '../../../../extension/sdk/contract.ts';

const greet: CapabilityDefinition<{ name: string }> = {
  name: 'greet',
  kind: 'request_response',
  description: 'Greets somebody.',
  parameters: z.object({ name: z.string().min(1) }),
  deadlineMs: 1000,
  perform: ({ name }) => `Hello, ${name}.`,
};
const GREETINGS: Examples = {
  valid: [
    { parameters: { name: 'Ada' }, answer: 'Hello, Ada.' },
    { parameters: { name: 'Bob' }, answer: 'Hello, Bob.' },
  ],
  invalid: [{}, { name: '' }, { name: 1 }],
};

testCapability(greet, GREETINGS);
testCapability(
  {
    name: 'add',
    kind: 'request_response',
    description: 'Adds two numbers.',
    parameters: { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } }, required: ['a', 'b'] },
    perform: async ({ a, b }) => Number(a) + Number(b),
  },
  { valid: [{ parameters: { a: 1, b: 2 }, answer: 3 }], invalid: [{ a: 1 }, { a: '1', b: 2 }] },
);

describe('the contract of a capability', () => {
  /** The titles of the checks that fail. */
  async function broken(change: Partial<CapabilityDefinition<{ name: string }>>, examples = GREETINGS) {
    const failed: string[] = [];
    for (const { title, run } of contractOf({ ...greet, deadlineMs: 100, ...change }, examples))
      await run().catch(() => failed.push(title));
    return failed;
  }

  const OFFERED = 'has a name, a kind, a description and a deadline that can be offered';
  const SCHEMA = 'has parameters that are a JSON Schema of an object';
  const EXAMPLES = 'has examples of what it takes and of what it refuses';
  const TAKES = 'takes its valid examples, and no invalid one';
  const ANSWERS = 'answers with JSON in time';
  const SEVERAL = 'answers several calls at once, each its own';
  const ENDS = 'ends when nobody waits any more';

  it('holds for one that keeps it', async () => assert.deepEqual(await broken({}), []));

  it('notices a name, a description or a kind that cannot be offered', async () => {
    assert.deepEqual(await broken({ name: 'Greet!' }), [OFFERED]);
    assert.deepEqual(await broken({ description: ' ' }), [OFFERED]);
    assert.deepEqual(await broken({ kind: 'streaming' as 'send_only' }), [OFFERED]);
  });

  it('notices parameters that are no object, and a schema that takes anything', async () => {
    const list = z.array(z.string()) as unknown as CapabilityDefinition<{ name: string }>['parameters'];
    assert.ok((await broken({ parameters: list })).includes(SCHEMA));
    assert.deepEqual(await broken({ parameters: { type: 'object' } }), [TAKES]);
  });

  it('notices missing examples', async () => {
    assert.deepEqual(await broken({}, { valid: GREETINGS.valid, invalid: [] }), [EXAMPLES]);
  });

  it('notices an answer that is wrong, no JSON, late, or another call’s', async () => {
    assert.deepEqual(await broken({ perform: () => 'Hi.' }), [ANSWERS, SEVERAL]);
    assert.deepEqual(await broken({ perform: () => new Date(0) as unknown as string }), [ANSWERS, SEVERAL]);
    const never = () => new Promise<string>(() => {});
    assert.deepEqual(await broken({ perform: never }), [ANSWERS, SEVERAL, ENDS]);
    let last = '';
    const shared = async ({ name }: { name: string }) => {
      last = name;
      await Promise.resolve();
      return `Hello, ${last}.`;
    };
    assert.deepEqual(await broken({ perform: shared }), [SEVERAL]);
  });
});
