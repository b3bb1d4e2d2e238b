import assert from 'node:assert/strict';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after } from 'mocha';
import type { Capability } from '../../../backend/capabilities/capability.ts';
import { CapabilityError } from '../../../backend/capabilities/capability-error.ts';
import type { Effect, PerformContext, PerformedCapability } from '../../../backend/capabilities/performed.ts';
import { touchedPath } from '../../../backend/capabilities/policy/touched-path.ts';

const folders: string[] = [];

/** A folder of its own, by its real path; removed when the tests have run. */
export async function temporaryFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'holdfast-capability-')));
  folders.push(folder);
  return folder;
}

after(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** What a capability told while it was performed. */
export interface Told {
  readonly judged: Effect[];
  readonly output: { readonly stream: string; readonly text: string }[];
}

/** Performs a capability as the broker does once its effects are allowed. */
export async function perform(
  capability: Capability,
  params: unknown,
  options: Partial<PerformContext> & { payload?: Uint8Array | string; told?: Told } = {},
) {
  const one = capability as unknown as PerformedCapability;
  const { payload = '', told = { judged: [], output: [] }, ...context } = options;
  const checked = one.params.parse(params) as { path?: string; folder?: string };
  const named = checked.path ?? checked.folder;
  const result = await one.perform(
    checked,
    {
      executionId: null,
      location: null,
      notify: () => assert.fail('nothing is notified'),
      cwd: '/',
      env: process.env,
      stateFolder: '/nowhere',
      signal: new AbortController().signal,
      remember: false,
      touched: named === undefined ? null : (await touchedPath(named)).real,
      level: 'trusted',
      steps: { find: async () => assert.fail('no step'), keep: async () => assert.fail('no step') },
      ask: async () => assert.fail('nothing is asked'),
      judge: async (effect) => void told.judged.push(effect),
      output: async (stream, bytes) => void told.output.push({ stream, text: Buffer.from(bytes).toString() }),
      ...context,
    },
    Buffer.from(payload),
  );
  return { value: result.value, text: Buffer.from(result.payload ?? []).toString(), payload: result.payload };
}

/** What is judged before it is performed. */
export async function effectsOf(capability: Capability, params: unknown): Promise<readonly Effect[]> {
  const one = capability as unknown as PerformedCapability;
  return one.effects(one.params.parse(params), process.env);
}

/** For `assert.rejects`. */
export function fails(code: string, message: RegExp, errno?: string) {
  return (error: unknown) => {
    assert.ok(error instanceof CapabilityError, String(error));
    assert.deepEqual([error.code, error.errno], [code, errno]);
    assert.match(error.message, message);
    return true;
  };
}
