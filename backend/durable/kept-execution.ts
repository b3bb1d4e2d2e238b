import type { Outcome, PastExecution } from '../protocol/client/index.ts';
import type { Security } from '../protocol/security.ts';
import { type Execution, type ExecutionRequest, MAX_RUNS } from '../sessions/execution.ts';
import type { DurablePromise } from './durable.ts';

const CODE_CHARACTERS = 500;
/** Code that is kept whole, to be run again. */
const MAX_WHOLE_BYTES = 16 * 1024;
/** The same of cells that say that they may be. */
const MAX_IDEMPOTENT_BYTES = 256 * 1024;
/** Parts of a value that are kept in the promise, where base64 makes them a third larger; larger ones have a file. */
export const MAX_INLINE_BYTES = 16 * 1024;
export const MAX_PAYLOAD_BYTES = 512 * 1024;

type Described = Omit<PastExecution, 'status' | 'summary' | 'endedAt' | 'runs'>;

/** What the promise of an execution is created with. */
export interface Asked extends Described {
  /** All of its text; null when it is too long. Absent in what an older version wrote, as what follows. */
  readonly whole?: string | null;
  readonly security?: Security | null;
  readonly batch?: string | null;
  readonly idempotent?: boolean;
}

/** What it is settled with. */
export interface Ended {
  readonly outcome: Outcome;
  /** base64 */
  readonly payload: string | null;
  /** Names the payload in `KeptValues` instead. */
  readonly value?: string | null;
  /** How often it was begun; absent in what an older version wrote. */
  readonly runs?: number;
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

export function askedBy(
  { request, idempotent }: Pick<Execution, 'request' | 'idempotent'>,
  session: { id: string; name: string },
  queuedAt: number,
): Asked {
  const { executionId, dialect, source, client, origin, security, batch, code } = request;
  return {
    executionId,
    sessionId: session.id,
    sessionName: session.name,
    dialect,
    source,
    client,
    origin,
    code: decoder.decode(code.subarray(0, CODE_CHARACTERS * 4)).slice(0, CODE_CHARACTERS),
    queuedAt,
    whole: code.byteLength <= (idempotent ? MAX_IDEMPOTENT_BYTES : MAX_WHOLE_BYTES) ? decoder.decode(code) : null,
    security,
    batch,
    idempotent,
  };
}

/** An outcome by itself has come as the header of a frame and is not larger than one. */
export function endedWith(outcome: Outcome, runs: number, payload?: Uint8Array): Ended {
  return { outcome, payload: payload ? Buffer.from(payload).toString('base64') : null, runs };
}

/** What a session is asked to run again; undefined when it must not be, or cannot. @param runs how often it was begun */
export function askedAgain(asked: Asked, runs: number): ExecutionRequest | undefined {
  const { executionId, dialect, source, client, origin, security = null, batch = null, whole, idempotent } = asked;
  if (!idempotent || typeof whole !== 'string' || runs >= MAX_RUNS) return undefined;
  return { executionId, dialect, source, client, origin, security, batch, code: encoder.encode(whole), runs };
}

export function pastExecution({ data, value, settledAt }: DurablePromise): PastExecution {
  const { whole: _whole, security: _security, batch: _batch, idempotent: _idempotent, ...described } = data as Asked;
  const { outcome, runs = 1 } = (value as Ended | undefined) ?? {};
  const summary = outcome ? summaryOf(outcome)?.slice(0, CODE_CHARACTERS) : undefined;
  const status = outcome?.status ?? 'pending';
  return { ...described, status, summary: summary ?? null, runs, endedAt: settledAt };
}

function summaryOf(outcome: Outcome): string | null | undefined {
  switch (outcome.status) {
    case 'succeeded':
      return outcome.text;
    case 'failed':
      return `${outcome.error.name}: ${outcome.error.message}`;
    default:
      return outcome.reason;
  }
}
