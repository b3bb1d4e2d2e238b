import { randomUUID } from 'node:crypto';
import type { Outcome, Prompt, SessionEvent, SessionInfo } from '../../protocol/client/index.ts';
import type { MimeParts } from '../../protocol/values.ts';
import { StreamDecoders } from '../stream-decoders.ts';
import { BoundedText } from './bounded-text.ts';

const MAX_OUTPUT_CHARACTERS = 40_000;
/** Pictures that a result carries, and the bytes of one. */
const MAX_IMAGES = 8;
const MAX_IMAGE_BYTES = 2 * 1024 * 1024;

export interface Image {
  readonly mimeType: string;
  readonly bytes: Uint8Array;
}

/** One execution that an agent asked for, followed to its end. Bounded. */
export class AgentRun {
  readonly executionId = randomUUID();
  readonly session: SessionInfo;
  readonly output = new BoundedText(MAX_OUTPUT_CHARACTERS);
  readonly images: Image[] = [];
  /** Questions that wait for a person, oldest first. */
  readonly prompts = new Map<string, Prompt>();
  /** Those that have been shown to the person by the agent's own program. */
  readonly shown = new Set<string>();
  /** How many answers that were given there were not taken, by question. */
  readonly refused = new Map<string, number>();
  /** Another cell of the session is before it until then. */
  hasBegun = false;
  outcome: Outcome | undefined;
  /** Why nobody will ever tell how it ended. */
  gone: string | undefined;
  readonly #decoders = new StreamDecoders();
  readonly #waiting = new Set<() => void>();

  constructor(session: SessionInfo) {
    this.session = session;
  }

  get hasEnded(): boolean {
    return this.outcome !== undefined || this.gone !== undefined;
  }

  receive(event: SessionEvent, payload: Uint8Array): void {
    switch (event.kind) {
      case 'started':
        if (event.executionId !== this.executionId) return;
        this.hasBegun = true;
        return;
      case 'output':
        if (event.executionId === this.executionId) this.output.append(this.#decoders.decode(event.stream, payload));
        return;
      case 'display':
        if (event.executionId === this.executionId) this.#keepImages(event.parts, payload);
        return;
      case 'prompt_opened':
        if (event.prompt.executionId !== this.executionId) return;
        this.prompts.set(event.prompt.promptId, event.prompt);
        this.#wake();
        return;
      case 'prompt_closed':
        if (this.prompts.delete(event.promptId)) this.#wake();
        return;
      case 'finished':
        if (event.executionId !== this.executionId) return;
        for (const stream of ['stdout', 'stderr'] as const) this.output.append(this.#decoders.flush(stream));
        if (event.outcome.status === 'succeeded' && event.outcome.parts) this.#keepImages(event.outcome.parts, payload);
        this.outcome = event.outcome;
        this.#wake();
        return;
      default:
        return;
    }
  }

  lose(reason: string): void {
    this.gone ??= reason;
    this.#wake();
  }

  /** Settles when the condition holds, when the time is up, or when nobody waits for it any more. @param ms milliseconds */
  until(condition: () => boolean, ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (condition() || signal.aborted) {
        resolve();
        return;
      }
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const look = () => {
        if (condition()) done();
      };
      const timer = setTimeout(done, ms);
      this.#waiting.add(look);
      signal.addEventListener('abort', done, { once: true });
    });
  }

  #wake(): void {
    for (const look of [...this.#waiting]) look();
  }

  #keepImages(parts: MimeParts, payload: Uint8Array): void {
    let start = 0;
    for (const { mime, bytes } of parts) {
      const part = payload.slice(start, start + bytes);
      start += bytes;
      if (!/^image\/(png|jpeg|gif|webp)$/.test(mime) || bytes > MAX_IMAGE_BYTES) continue;
      if (this.images.length < MAX_IMAGES) this.images.push({ mimeType: mime, bytes: part });
    }
  }
}
