import assert from 'node:assert/strict';
import * as z from 'zod';
import {
  type CapabilityCallContext,
  type CapabilityDefinition,
  checkDefinition,
  DEFAULT_DEADLINE_MS,
  type Json,
  MAX_ANSWER,
  paramsOf,
  schemaOf,
} from './capability.ts';

export interface Examples {
  /** Parameters that it takes, and the answer where it is known. */
  readonly valid: readonly { readonly parameters: Record<string, Json>; readonly answer?: Json }[];
  /** Parameters that it must refuse. */
  readonly invalid: readonly Record<string, Json>[];
}

export interface Check {
  readonly title: string;
  run(): Promise<void>;
}

/** What every capability owes to the programs that call it. `perform` is really called. */
export function contractOf<Params>(capability: CapabilityDefinition<Params>, { valid, invalid }: Examples): Check[] {
  const schema = () => z.fromJSONSchema(schemaOf(capability) as Parameters<typeof z.fromJSONSchema>[0]);
  const call = async (given: Record<string, Json>, signal = new AbortController().signal): Promise<Json> =>
    answerOf(await capability.perform(await paramsOf(capability, given), contextOf(signal)));
  return [
    {
      title: 'has a name, a kind, a description and a deadline that can be offered',
      run: async () => checkDefinition(capability),
    },
    { title: 'has parameters that are a JSON Schema of an object', run: async () => void schema() },
    {
      title: 'has examples of what it takes and of what it refuses',
      run: async () => assert.ok(valid.length > 0 && invalid.length > 0, 'give at least one of each'),
    },
    {
      title: 'takes its valid examples, and no invalid one',
      run: async () => {
        for (const { parameters } of valid)
          assert.ok(schema().safeParse(parameters).success, JSON.stringify(parameters));
        for (const parameters of invalid) assert.ok(!(await accepted(parameters)), JSON.stringify(parameters));
      },
    },
    {
      title: 'answers with JSON in time',
      run: async () => {
        for (const { parameters, answer } of valid) {
          const got = await inTime(capability, call(parameters));
          if (answer !== undefined) assert.deepEqual(got, answer, JSON.stringify(parameters));
        }
      },
    },
    {
      title: 'answers several calls at once, each its own',
      run: async () => {
        const known = valid.filter(({ answer }) => answer !== undefined);
        const got = await inTime(capability, Promise.all(known.map(({ parameters }) => call(parameters))));
        assert.deepEqual(
          got,
          known.map(({ answer }) => answer),
        );
      },
    },
    {
      title: 'ends when nobody waits any more',
      run: async () => {
        const [example] = valid;
        if (!example) return;
        const abort = new AbortController();
        const called = call(example.parameters, abort.signal);
        abort.abort();
        // An answer, or an error: either is an end.
        await inTime(
          capability,
          called.catch(() => null),
        );
      },
    },
  ];

  async function accepted(parameters: Record<string, Json>): Promise<boolean> {
    if (!schema().safeParse(parameters).success) return false;
    return await paramsOf(capability, parameters).then(
      () => true,
      () => false,
    );
  }
}

/** Registers the contract as tests of mocha, or of whatever has `describe` and `it`. */
export function testCapability<Params>(capability: CapabilityDefinition<Params>, examples: Examples): void {
  describe(`the capability ${capability.name}`, () => {
    for (const { title, run } of contractOf(capability, examples)) it(title, run);
  });
}

function contextOf(signal: AbortSignal): CapabilityCallContext {
  return { sessionId: 'contract', executionId: 'contract', location: { file: '/contract.py', line: 1 }, signal };
}

/** What a program gets. */
function answerOf(value: unknown): Json {
  const text = JSON.stringify(value ?? null);
  assert.ok(text !== undefined && text.length <= MAX_ANSWER, 'the answer is no JSON, or too long');
  const answer = JSON.parse(text) as Json;
  assert.deepEqual(answer, value ?? null, 'the answer changes when it is written as JSON');
  return answer;
}

async function inTime<T>(
  { name, deadlineMs = DEFAULT_DEADLINE_MS }: Pick<CapabilityDefinition, 'name' | 'deadlineMs'>,
  work: Promise<T>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${name} did not end within ${deadlineMs} ms.`)), deadlineMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
