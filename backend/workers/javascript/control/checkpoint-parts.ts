import type { CheckpointManifest } from '../../../protocol/checkpoint.ts';
import { ProtocolError } from '../../../protocol/errors.ts';
import type { Source } from '../../../protocol/values.ts';
import type { ToWorker } from '../../../protocol/worker/index.ts';
import type { Compiler } from '../compile/compile.ts';
import { SyntaxProblem } from '../compile/syntax-problem.ts';
import type { RestoreErrand } from '../shared/checkpoint.ts';
import type { CompiledCell } from '../shared/messages.ts';

const decoder = new TextDecoder();

/** Collects the parts of a checkpoint until it is to be restored. */
export class CheckpointParts {
  #parts: Uint8Array[][] = [];

  /** @throws ProtocolError when it does not follow the one before. */
  add({ part, offset }: Extract<ToWorker, { type: 'restore_part' }>, payload: Uint8Array): void {
    if (part === 0 && offset === 0) this.#parts = [];
    if (part === this.#parts.length && offset === 0) this.#parts.push([]);
    const chunks = this.#parts[part];
    if (!chunks || part !== this.#parts.length - 1 || offset !== length(chunks)) {
      throw new ProtocolError('malformed', `Part ${part} of a checkpoint came out of order, at ${offset}.`);
    }
    // What has little of its buffer would keep the rest of it.
    chunks.push(payload.buffer.byteLength > 2 * payload.length ? payload.slice() : payload);
  }

  /** What the main thread needs, its definitions compiled. @param payload a `CheckpointManifest`, which the backend has checked */
  take(payload: Uint8Array, compiler: Compiler): RestoreErrand {
    const manifest = JSON.parse(decoder.decode(payload)) as CheckpointManifest;
    const cells = new Map<string, CompiledCell | string>();
    for (const { name, text, file, path, line } of manifest.definitions) {
      const source: Source = { name: file || '[restored]', path, line, column: 0 };
      const cell = compiler.compile(text, 'javascript', source);
      cells.set(name, cell instanceof SyntaxProblem ? cell.message : cell);
    }
    const parts = this.#parts.map(joined);
    this.#parts = [];
    return { kind: 'restore', manifest, parts, cells };
  }
}

/** In a buffer of their own, which can be handed to another thread. */
function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(length(chunks));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function length(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}
