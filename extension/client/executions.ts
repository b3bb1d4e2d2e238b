import type { Outcome, SessionEvent } from '../../backend/protocol/client/index.ts';
import { MAX_KEPT_CODE_BYTES } from '../../backend/protocol/client/limits.ts';
import type { Origin } from '../../backend/protocol/security.ts';
import { unreachable } from '../../backend/protocol/unreachable.ts';
import type { Dialect, MimeParts, Source } from '../../backend/protocol/values.ts';
import type { Disposable } from '../platform/disposables.ts';
import { Emitter } from '../platform/emitter.ts';
import { Displays } from './displays.ts';
import { type Execution, hasEnded, MAX_VALUE_CHARACTERS, type Phase, titleOf } from './execution.ts';
import { OutputText } from './output-text.ts';
import { stoppedBars, withBar } from './progress-bars.ts';

/** Executions that a window keeps; older ones that have ended are forgotten. */
export const MAX_EXECUTIONS = 200;

/** What is not to be shown again: see `ClearedExecutions`. */
export interface Cleared {
  has(id: string | null, at: number): boolean;
  add(ids: readonly string[]): void;
}

export interface NewExecution {
  readonly id: string;
  readonly dialect: Dialect;
  readonly source: Source;
  readonly title: string;
  /** To run it again. */
  readonly code?: string;
  readonly origin?: Origin;
}

type Mutable = { -readonly [Key in keyof Execution]: Execution[Key] };

/** The executions of the workspace that this window has asked for or heard of, oldest first. */
export class Executions implements Disposable {
  readonly #byId = new Map<string, Mutable>();
  readonly #changed = new Emitter<Execution>();
  readonly #heard = new Emitter<Execution>();
  readonly #outputAdded = new Emitter<Execution>();
  readonly #removed = new Emitter<readonly string[]>();
  readonly #cleared: Cleared | undefined;
  #backgrounds = 0;

  /** The rich forms of what executions showed and came to. */
  readonly displays = new Displays();

  /** An execution is new or in another phase. */
  readonly onChanged = this.#changed.event;
  /** An execution is new that this window has not asked for. */
  readonly onHeard = this.#heard.event;
  readonly onOutput = this.#outputAdded.event;
  readonly onRemoved = this.#removed.event;

  constructor(cleared?: Cleared) {
    this.#cleared = cleared;
  }

  get(id: string): Execution | undefined {
    return this.#byId.get(id);
  }

  all(): readonly Execution[] {
    return [...this.#byId.values()];
  }

  unfinished(sessionId?: string): readonly Execution[] {
    return this.all().filter((it) => !hasEnded(it) && (sessionId === undefined || it.sessionId === sessionId));
  }

  /** Registers an execution of this window before the backend knows of it, so that it shows at once. */
  begin({ id, dialect, source, title, code, origin = 'person' }: NewExecution): Execution {
    const kept = code !== undefined && code.length <= MAX_KEPT_CODE_BYTES ? code : null;
    const phase: Phase = { status: 'queued' };
    return this.#add({ id, sessionId: null, dialect, source, title, code: kept, origin, phase, at: Date.now() });
  }

  assign(id: string, sessionId: string): void {
    const execution = this.#byId.get(id);
    if (execution) execution.sessionId = sessionId;
  }

  /** Takes it back: it never reached a session. */
  discard(id: string): void {
    if (this.#byId.delete(id)) this.#removed.fire([id]);
    this.displays.remove([id]);
  }

  end(id: string, outcome: Outcome): void {
    const execution = this.#byId.get(id);
    if (execution && !hasEnded(execution)) this.#setPhase(execution, outcome);
  }

  /**
   * Ends what has not ended, in one session or in all, because nobody is left who could tell how it ended.
   * @param asks what one was waiting for, in words; null when it was not
   */
  lose(reason: string, sessionId?: string, asks: (executionId: string) => string | null = () => null): void {
    for (const { id, phase } of this.unfinished(sessionId)) {
      const seconds = phase.status === 'running' ? (Date.now() - phase.since) / 1000 : 0;
      const question = asks(id);
      const why = question === null ? reason : `${reason} It was waiting for an answer to “${question}”.`;
      this.end(id, { status: 'lost', seconds, reason: why, stderrTail: '' });
    }
  }

  clear(): void {
    const ended = this.all().filter(hasEnded);
    this.#cleared?.add(ended.map(({ id }) => id));
    this.#remove(ended);
  }

  setWaiting(id: string, waiting: boolean): void {
    const execution = this.#byId.get(id);
    if (!execution || execution.waiting === waiting) return;
    execution.waiting = waiting;
    this.#changed.fire(execution);
  }

  /** The session has its values no more. */
  loseTables(sessionId: string): void {
    for (const { id } of this.#ofSession(sessionId)) this.loseTable(id);
  }

  /** Its session has its value no more. */
  loseTable(id: string): void {
    const execution = this.#byId.get(id);
    if (!execution || execution.table === null) return;
    execution.table = null;
    this.#changed.fire(execution);
  }

  apply(sessionId: string, at: number, event: SessionEvent, payload: Uint8Array): void {
    switch (event.kind) {
      case 'queued':
        if (this.#byId.has(event.executionId)) this.#queuedAgain(event.executionId, sessionId, at);
        else if (!this.#cleared?.has(event.executionId, at)) {
          const { executionId: id, dialect, source, origin } = event;
          // Of an earlier window, of another one, or of the command line.
          const code = payload.byteLength > 0 ? new TextDecoder().decode(payload) : null;
          const title = code === null ? null : titleOf(code);
          this.#heard.fire(
            this.#add({ id, sessionId, dialect, source, title, code, origin, phase: { status: 'queued' }, at }),
          );
        }
        return;
      case 'started':
        this.#update(event.executionId, { status: 'running', mode: event.mode, since: at });
        return;
      case 'runs_again': {
        const execution = this.#byId.get(event.executionId);
        if (!execution || hasEnded(execution)) return;
        execution.workersGone = event.runs;
        execution.progress = stoppedBars(execution.progress);
        this.#setPhase(execution, { status: 'queued' });
        return;
      }
      case 'output': {
        const execution = this.#writer(sessionId, at, event.executionId);
        if (!execution) return;
        if (event.skipped !== undefined) execution.output.skip(event.skipped);
        execution.output.append(event.stream, payload);
        this.#outputAdded.fire(execution);
        return;
      }
      case 'display': {
        const execution = this.#writer(sessionId, at, event.executionId);
        if (!execution) return;
        this.displays.add(execution.id, execution.output.total, event.parts, payload);
        this.#changed.fire(execution);
        return;
      }
      case 'progress': {
        const { kind: _, executionId, ...bar } = event;
        const execution = this.#writer(sessionId, at, executionId);
        if (!execution || (executionId !== null && hasEnded(execution))) return;
        execution.progress = withBar(execution.progress, bar);
        this.#changed.fire(execution);
        return;
      }
      case 'output_cut': {
        const execution = this.#writer(sessionId, at, event.executionId);
        if (!execution) return;
        execution.notKept = event.reason;
        this.#changed.fire(execution);
        return;
      }
      case 'finished': {
        const execution = this.#byId.get(event.executionId);
        if (!execution || hasEnded(execution)) return;
        execution.value = event.outcome.status === 'succeeded' ? valueText(event.outcome, payload) : null;
        execution.table = tableOf(event.outcome);
        execution.waiting = false;
        if (event.outcome.status === 'succeeded' && isRich(event.outcome.parts)) {
          this.displays.add(execution.id, null, event.outcome.parts, payload);
        }
        this.#setPhase(execution, event.outcome);
        return;
      }
      case 'namespace_changed':
        if (event.reset) this.loseTables(sessionId);
        return;
      case 'prompt_opened':
      case 'prompt_closed':
      case 'noticed':
      case 'recovered':
      case 'restarted':
      case 'dropped':
        return;
      default:
        unreachable(event);
    }
  }

  dispose(): void {
    for (const emitter of [this.#changed, this.#heard, this.#outputAdded, this.#removed]) emitter.dispose();
    this.#byId.clear();
  }

  /** This window has asked for it, or the next backend runs one that was lost with the one before. */
  #queuedAgain(id: string, sessionId: string, at: number): void {
    this.assign(id, sessionId);
    const execution = this.#byId.get(id);
    if (execution) execution.at = at;
    if (execution?.phase.status !== 'lost') return;
    execution.workersGone++;
    this.#setPhase(execution, { status: 'queued' });
  }

  #update(id: string, phase: Phase): void {
    const execution = this.#byId.get(id);
    if (execution && !hasEnded(execution)) this.#setPhase(execution, phase);
  }

  #setPhase(execution: Mutable, phase: Phase): void {
    execution.phase = phase;
    if (hasEnded(execution)) execution.progress = stoppedBars(execution.progress);
    this.#changed.fire(execution);
  }

  #writer(sessionId: string, at: number, executionId: string | null): Mutable | undefined {
    if (executionId !== null) return this.#byId.get(executionId);
    return this.#cleared?.has(null, at) ? undefined : this.#background(sessionId, at);
  }

  #ofSession(sessionId: string): Mutable[] {
    return [...this.#byId.values()].filter((it) => it.sessionId === sessionId);
  }

  /** Output between executions goes to one entry until the next execution comes. */
  #background(sessionId: string, at: number): Mutable {
    const last = this.#ofSession(sessionId).at(-1);
    if (last?.phase.status === 'background') return last;
    const id = `background-${++this.#backgrounds}`;
    const phase: Phase = { status: 'background' };
    return this.#add({
      id,
      sessionId,
      dialect: null,
      source: null,
      title: null,
      code: null,
      origin: 'person',
      phase,
      at,
    });
  }

  #add(
    fields: Omit<Execution, 'output' | 'value' | 'table' | 'notKept' | 'waiting' | 'workersGone' | 'progress'>,
  ): Mutable {
    const nothing = { value: null, table: null, notKept: null, waiting: false, workersGone: 0, progress: [] };
    const execution: Mutable = { ...fields, output: new OutputText(), ...nothing };
    this.#byId.set(execution.id, execution);
    this.#forgetOld();
    this.#changed.fire(execution);
    return execution;
  }

  #forgetOld(): void {
    const tooMany = this.#byId.size - MAX_EXECUTIONS;
    if (tooMany <= 0) return;
    const old = this.all().filter(hasEnded).slice(0, tooMany);
    if (old.length > 0) this.#remove(old);
  }

  #remove(executions: readonly Execution[]): void {
    const ids = executions.map(({ id }) => id);
    for (const id of ids) this.#byId.delete(id);
    this.displays.remove(ids);
    this.#removed.fire(ids);
  }
}

/** There is more to show than its text. */
function isRich(parts: MimeParts | null): parts is MimeParts {
  return parts?.some(({ mime }) => mime !== 'text/plain') ?? false;
}

/** The longest text form of a value: its `text/plain` part, else the preview. */
function valueText(outcome: Extract<Outcome, { status: 'succeeded' }>, payload: Uint8Array): string | null {
  const plain = partOf(outcome.parts ?? [], payload, 'text/plain');
  const text = plain ? new TextDecoder().decode(plain) : outcome.text;
  if (text === null || text.length <= MAX_VALUE_CHARACTERS) return text;
  return `${text.slice(0, MAX_VALUE_CHARACTERS)}…`;
}

function tableOf(outcome: Outcome): string | null {
  const number = outcome.status === 'succeeded' ? outcome.facts?.table : undefined;
  return number === undefined ? null : `Out[${number}]`;
}

function partOf(parts: MimeParts, payload: Uint8Array, mime: string): Uint8Array | undefined {
  let start = 0;
  for (const part of parts) {
    if (part.mime === mime) return payload.subarray(start, start + part.bytes);
    start += part.bytes;
  }
  return undefined;
}
