import assert from 'node:assert/strict';
import { CheckpointManifest, RestoreReport } from '../../backend/protocol/checkpoint.ts';
import type { WorkerProcess } from './worker-process.ts';

/** A checkpoint as a worker gave it. */
export interface Saved {
  readonly manifest: CheckpointManifest;
  readonly parts: readonly Buffer[];
}

interface SaveOptions {
  readonly maxVariableBytes?: number;
  readonly maxBytes?: number;
  readonly givesWay?: boolean;
}

const LARGE = 2 ** 30;
const CHUNK = 1_000_000;

/** Asks for a checkpoint. @returns how it was answered, and the checkpoint when there is one. */
export async function askForCheckpoint(worker: WorkerProcess, options: SaveOptions = {}) {
  const { maxVariableBytes = LARGE, maxBytes = LARGE, givesWay = false } = options;
  const from = worker.messages.length;
  const id = worker.send({ type: 'checkpoint', maxVariableBytes, maxBytes, givesWay });
  const { outcome, payload } = await worker.next('checkpointed', ({ replyTo }) => replyTo === id);
  const chunks: Buffer[][] = [];
  for (const message of worker.messages.slice(from)) {
    if (message.type !== 'checkpoint_part' || message.replyTo !== id) continue;
    assert(message.part === chunks.length || message.part === chunks.length - 1, 'parts come in order');
    chunks[message.part] ??= [];
    chunks[message.part]?.push(message.payload);
  }
  if (outcome.status !== 'done') return { outcome, saved: undefined };
  const manifest = CheckpointManifest.parse(JSON.parse(payload.toString()));
  const numbers = manifest.groups.flatMap(({ parts }) => parts).sort((one, other) => one - other);
  assert.deepEqual(numbers, [...chunks.keys()], 'every part belongs to one group');
  return { outcome, saved: { manifest, parts: chunks.map((some) => Buffer.concat(some)) } };
}

/** A checkpoint of an idle session. */
export async function save(worker: WorkerProcess, options?: SaveOptions): Promise<Saved> {
  const { outcome, saved } = await askForCheckpoint(worker, options);
  assert(saved, JSON.stringify(outcome));
  return saved;
}

/** Merges a checkpoint into a session. @returns what became of each variable: `how`, with the reason when there is one */
export async function restore(
  worker: WorkerProcess,
  { manifest, parts }: Saved,
  names?: readonly string[],
): Promise<Record<string, string>> {
  for (const [part, bytes] of parts.entries()) {
    for (let offset = 0; offset === 0 || offset < bytes.length; offset += CHUNK) {
      worker.send({ type: 'restore_part', part, offset }, bytes.subarray(offset, offset + CHUNK));
    }
  }
  const variables = manifest.variables.filter(({ name }) => names === undefined || names.includes(name));
  const wanted = new Set(variables.map(({ name }) => name));
  const groups = manifest.groups.filter((group) => group.names.some((name) => wanted.has(name)));
  const imports = manifest.imports.filter(({ name }) => wanted.has(name));
  const id = worker.send({ type: 'restore' }, Buffer.from(JSON.stringify({ ...manifest, variables, groups, imports })));
  const { outcome, payload } = await worker.next('restored', ({ replyTo }) => replyTo === id);
  assert.equal(outcome.status, 'done', JSON.stringify(outcome));
  return told(RestoreReport.parse(JSON.parse(payload.toString())).variables);
}

/** What was said of each variable. */
export function told(variables: readonly { name: string; how: string; reason: string | null }[]) {
  return Object.fromEntries(variables.map(({ name, how, reason }) => [name, reason ? `${how}: ${reason}` : how]));
}
