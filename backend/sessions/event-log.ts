import { setTimeout as delay } from 'node:timers/promises';
import type { SessionEvent } from '../protocol/client/index.ts';
import { NO_PAYLOAD } from '../protocol/frame.ts';
import { OutputPace } from './output-pace.ts';
import { OutputPositions } from './output-positions.ts';
import { type Piece, Slabs } from './slabs.ts';

/** What a session keeps for clients that come later or fall behind. Bytes of payload plus an estimate for each header. */
export const MAX_LOG_BYTES = 16 * 1024 * 1024;
/** A lossless reader that is further behind than this holds the program back. */
export const HOLD_BYTES = 4 * 1024 * 1024;
const RELEASE_BYTES = 1024 * 1024;
/** What an event takes beside its payload, about: the objects that hold it. */
const HEADER_BYTES = 1024;

export interface LoggedEvent {
  readonly sequence: number;
  readonly at: number;
  readonly body: SessionEvent;
  readonly payload: Uint8Array;
  /** Bytes of all events up to and including this one, since the session began. */
  readonly end: number;
}

/** An event that is kept. */
interface Kept extends Omit<LoggedEvent, 'payload'> {
  readonly piece: Piece;
  /** Of output: its position in the output of its execution. */
  readonly start: number;
}

export type Delivery = 'lossless' | 'lossy';

/** Takes one event. Returns false when it wants no more until `ready` settles. */
export interface Reader {
  deliver(event: LoggedEvent): boolean;
  ready(): Promise<void>;
}

interface Attachment {
  readonly reader: Reader;
  readonly delivery: Delivery;
  /** Sequence number and byte position of the last event that was delivered. */
  sequence: number;
  end: number;
  pumping: boolean;
  /** Bytes of output that were left out since the last output of the same execution. */
  readonly skipped: Map<string | null, number>;
  readonly pace: OutputPace;
}

/**
 * The events of a session in order, bounded in bytes, oldest dropped first. Each reader is fed at its own speed; a lossless one
 * that falls behind makes `onHold(true)` be called until it has caught up, a lossy one gets no output from the middle of an execution.
 */
export class EventLog {
  readonly #events: Kept[] = [];
  readonly #slabs = new Slabs();
  readonly #positions = new OutputPositions();
  /** The event that is being appended, with the bytes as they came. */
  #newest: LoggedEvent | undefined;
  /** Events before this index of `#events` have been dropped; the array is compacted now and then. */
  #first = 0;
  #sequence = 0;
  #end = 0;
  readonly #attachments = new Map<Reader, Attachment>();
  #held = false;
  #draining = false;
  readonly #onHold: (held: boolean) => void;
  readonly #pause: (milliseconds: number) => Promise<void>;

  /** @param pause settles after so many milliseconds */
  constructor(onHold: (held: boolean) => void, pause: (milliseconds: number) => Promise<void> = delay) {
    this.#onHold = onHold;
    this.#pause = pause;
  }

  /** Sequence number of the newest event, 0 before the first. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Somebody reads, and nobody who gets all of it. */
  get onlyLossy(): boolean {
    const readers = [...this.#attachments.values()];
    return readers.length > 0 && readers.every(({ delivery }) => delivery === 'lossy');
  }

  append(body: SessionEvent, payload: Uint8Array = NO_PAYLOAD): void {
    this.#end += payload.length + HEADER_BYTES;
    const header = { sequence: ++this.#sequence, at: Date.now(), body, end: this.#end };
    const start = body.kind === 'output' ? this.#positions.add(body.executionId, payload.length) : 0;
    this.#events.push({ ...header, piece: this.#slabs.keep(payload), start });
    this.#drop();
    this.#newest = { ...header, payload };
    for (const attachment of this.#attachments.values()) void this.#pump(attachment);
    this.#newest = undefined;
    this.#updateHold();
  }

  attach(reader: Reader, cursor: number, delivery: Delivery): void {
    const sequence = Math.min(cursor, this.#sequence);
    const attachment: Attachment = {
      reader,
      delivery,
      sequence,
      end: this.#endOf(sequence),
      pumping: false,
      skipped: new Map(),
      pace: new OutputPace(),
    };
    this.#attachments.set(reader, attachment);
    void this.#pump(attachment);
    this.#updateHold();
  }

  detach(reader: Reader): void {
    this.#attachments.delete(reader);
    this.#updateHold();
  }

  /** While an execution is being cancelled nobody may hold the program back: slow readers lose output instead. */
  set draining(value: boolean) {
    this.#draining = value;
    this.#updateHold();
  }

  /** @returns NaN when that event is not kept any more. */
  #endOf(sequence: number): number {
    const oldest = this.#events[this.#first];
    if (sequence === 0) return 0;
    if (!oldest || sequence < oldest.sequence) return Number.NaN;
    return this.#events[this.#first + sequence - oldest.sequence]?.end ?? this.#end;
  }

  /** Nothing is kept waiting by a pause: the newest is output. */
  get #isPrinting(): boolean {
    return this.#events.at(-1)?.body.kind === 'output';
  }

  #drop(): void {
    const limit = this.#end - MAX_LOG_BYTES;
    for (; this.#first < this.#events.length - 1; this.#first++) {
      const oldest = this.#events[this.#first];
      if (!oldest || oldest.end > limit) break;
      this.#slabs.giveBack(oldest.piece);
      if (oldest.body.kind === 'finished') this.#positions.forget(oldest.body.executionId);
    }
    if (this.#first > 1000 && this.#first > this.#events.length / 2) {
      this.#events.splice(0, this.#first);
      this.#first = 0;
    }
  }

  #next(attachment: Attachment): LoggedEvent | undefined {
    const oldest = this.#events[this.#first];
    if (!oldest || attachment.sequence >= this.#sequence) return undefined;
    const wanted = attachment.sequence + 1;
    if (wanted === this.#newest?.sequence) return withSkipped(this.#newest, attachment);
    if (wanted >= oldest.sequence) {
      const index = this.#first + wanted - oldest.sequence;
      const next = attachment.delivery === 'lossy' ? this.#skipMiddle(index, attachment) : index;
      return withSkipped(copyOf(this.#events[next]), attachment);
    }
    const start = oldest.end - oldest.piece.bytes.length - HEADER_BYTES;
    return {
      sequence: oldest.sequence - 1,
      at: oldest.at,
      body: { kind: 'dropped', bytes: Number.isNaN(attachment.end) ? null : start - attachment.end },
      payload: NO_PAYLOAD,
      end: start,
    };
  }

  /** @returns the first index from here on whose event a lossy reader gets: the last is always one. */
  #skipMiddle(index: number, { skipped }: Attachment): number {
    for (; ; index++) {
      const kept = this.#events[index];
      if (kept?.body.kind !== 'output') return index;
      const { executionId } = kept.body;
      const { length } = kept.piece.bytes;
      if (!this.#positions.isMiddle(executionId, kept.start, length)) return index;
      skipped.set(executionId, (skipped.get(executionId) ?? 0) + length);
    }
  }

  async #pump(attachment: Attachment): Promise<void> {
    if (attachment.pumping) return;
    attachment.pumping = true;
    for (;;) {
      const event = this.#attachments.get(attachment.reader) === attachment ? this.#next(attachment) : undefined;
      if (!event) break;
      attachment.sequence = event.sequence;
      attachment.end = event.end;
      if (!attachment.reader.deliver(event)) {
        await attachment.reader.ready();
        this.#updateHold();
      }
      const pause = attachment.delivery === 'lossy' && this.#isPrinting ? pauseAfter(event, attachment.pace) : 0;
      if (pause > 0) await this.#pause(pause);
    }
    attachment.pumping = false;
    this.#updateHold();
  }

  #updateHold(): void {
    let behind = 0;
    if (!this.#draining) {
      for (const { delivery, end } of this.#attachments.values()) {
        if (delivery === 'lossless') behind = Math.max(behind, this.#end - end || 0);
      }
    }
    const held = this.#held ? behind > RELEASE_BYTES : behind > HOLD_BYTES;
    if (held === this.#held) return;
    this.#held = held;
    this.#onHold(held);
  }
}

/** Output behind what was left out says how much that was. */
function withSkipped(event: LoggedEvent | undefined, { skipped }: Attachment): LoggedEvent | undefined {
  if (event?.body.kind !== 'output') return event;
  const bytes = skipped.get(event.body.executionId);
  if (bytes === undefined) return event;
  skipped.delete(event.body.executionId);
  return { ...event, body: { ...event.body, skipped: bytes } };
}

function pauseAfter({ body, payload }: LoggedEvent, pace: OutputPace): number {
  return body.kind === 'output' ? pace.pauseAfter(payload.length) : 0;
}

/** A reader may hold the bytes for longer than the log does. */
function copyOf(kept: Kept | undefined): LoggedEvent | undefined {
  if (!kept) return undefined;
  const { piece, start: _, ...header } = kept;
  return { ...header, payload: piece.slab ? piece.bytes.slice() : piece.bytes };
}
