import type { MessagePort } from 'node:worker_threads';
import type { Progress } from '../../../protocol/progress.ts';
import type { ValueFacts, Variable } from '../../../protocol/values.ts';
import type { FromWorker, ToWorker } from '../../../protocol/worker/index.ts';
import type { Definition, Imported } from './checkpoint.ts';
import type { Errand, ErrandResult } from './errands.ts';

/** Names a running execution inside the worker. 0: none, the session itself. */
export type Serial = number;

/** One script of a compiled cell, ready for `vm.Script`. */
export interface Script {
  readonly code: string;
  readonly lineOffset: number;
  readonly columnOffset: number;
  /** Where columns or lines differ from the cell's text. Null when nothing moved. */
  readonly moved: {
    /** SHA-256 of the code: how V8 names the script in a stack frame. */
    readonly hash: string;
    /** See `positionsOf`. */
    readonly positions: Int32Array;
  } | null;
}

/** How the script hands over the cell's value. */
export type Shape =
  /** Completion value of the script. */
  | 'plain'
  /** A function of the cell's context that leaves the value there. */
  | 'wrapped'
  /** The same, asynchronous: it reports its own end. */
  | 'async';

/** What the control thread makes of a cell's text and the main thread runs. */
export interface CompiledCell {
  readonly filename: string;
  /** Assigns the function declarations; runs before the body. */
  readonly functions: Script | null;
  readonly functionsShape: 'plain' | 'wrapped';
  readonly body: Script;
  readonly shape: Shape;
  /** The last statement is not a declaration. */
  readonly hasValue: boolean;
  /** Every name that the cell declares. */
  readonly declared: readonly string[];
  /** Those that exist (as undefined) before the cell runs. */
  readonly hoisted: readonly string[];
  /** What it defines, so that it can be defined again in another process. */
  readonly definitions: {
    readonly defined: readonly Definition[];
    readonly imported: readonly Imported[];
  };
}

export interface CellContext {
  readonly serial: Serial;
  readonly cell: CompiledCell;
  readonly text: string;
  /** Absolute path of the file, or null. */
  readonly path: string | null;
}

export type Answer =
  | { readonly status: 'answered'; readonly value: unknown }
  | {
      readonly status: 'failed';
      readonly code: 'denied' | 'closed' | 'timeout' | 'invalid' | 'failed';
      readonly message: string;
      readonly errno?: string | undefined;
    };

/** As the protocol's `BackgroundTask`, but for whose it is. */
export interface TaskSeen {
  readonly taskId: number;
  readonly kind: 'timer' | 'thread';
  readonly name: string;
  readonly serial: Serial;
  readonly since: number;
}

/** What the consent gate goes by. */
export type Policy = Omit<Extract<ToWorker, { type: 'policy' }>, 'type' | 'id' | 'timestamp'>;

export type ToMain =
  | { readonly kind: 'run'; readonly context: CellContext }
  /** Cells to try the engine with, before there is one that somebody waits for. */
  | { readonly kind: 'warm_up'; readonly cells: readonly CompiledCell[] }
  /** Answered with `abandoned`, also when the execution is not there any more. */
  | { readonly kind: 'abandon'; readonly serial: Serial }
  /** The policy itself comes with the answers. */
  | { readonly kind: 'policy' }
  | {
      readonly kind: 'answer';
      readonly requestId: number;
      readonly answer: Answer;
      readonly payload: Uint8Array | null;
    }
  /** Answered with `task_cancelled` of the same number. */
  | { readonly kind: 'cancel_task'; readonly replyTo: number; readonly taskId: number }
  /** Answered with `errand_done` of the same number, unless it is withdrawn or terminated. */
  | { readonly kind: 'errand'; readonly number: number; readonly errand: Errand }
  /** Nothing: for a termination to hit. */
  | { readonly kind: 'probe' }
  | { readonly kind: 'exit' };

/** An error as the main thread saw it; text only. */
export interface ThrownError {
  readonly name: string;
  readonly message: string;
  /** As `util.inspect` prints it, with causes and properties. */
  readonly text: string;
  readonly stack: string;
  readonly notes: readonly string[];
}

export interface Part {
  readonly mime: string;
  readonly data: string | Uint8Array;
}

export interface NamespaceDelta {
  readonly changed: readonly Variable[];
  readonly deleted: readonly string[];
  readonly total: number;
  readonly truncated: boolean;
}

export type Outcome =
  | {
      readonly status: 'succeeded';
      readonly text: string | null;
      readonly parts: readonly Part[];
      readonly facts: ValueFacts | null;
    }
  | { readonly status: 'failed'; readonly error: ThrownError }
  /** V8 refuses what the parser let pass. Line 1-based, column 0-based, in the cell's file. */
  | { readonly status: 'unreadable'; readonly message: string; readonly line: number; readonly column: number };

/** What comes by the port of answers. User code can lay hands on the other one, and make it say what it wants. */
export type Trusted =
  | { readonly kind: 'policy'; readonly policy: Policy }
  | { readonly kind: 'answer'; readonly requestId: number; readonly answer: Answer };

/** `position`: how far the output ring was written; everything before it belongs before the message. */
export type FromMain = { readonly position: number } & (
  | { readonly kind: 'ready' }
  | { readonly kind: 'wake' }
  /** The main thread is about to exit. */
  | { readonly kind: 'leaving' }
  | {
      readonly kind: 'done';
      readonly serial: Serial;
      readonly seconds: number;
      readonly outcome: Outcome;
      readonly namespace: NamespaceDelta;
    }
  | { readonly kind: 'abandoned'; readonly serial: Serial; readonly namespace: NamespaceDelta }
  /** What goes on in the background, oldest first, as far as it fits into a message. */
  | { readonly kind: 'tasks'; readonly tasks: readonly TaskSeen[]; readonly total: number }
  | {
      readonly kind: 'task_cancelled';
      readonly replyTo: number;
      readonly status: 'cancelled' | 'requested' | 'gone';
    }
  | { readonly kind: 'errand_done'; readonly number: number; readonly result: ErrandResult }
  | { readonly kind: 'display'; readonly serial: Serial; readonly parts: readonly Part[] }
  | {
      readonly kind: 'request';
      readonly requestId: number;
      readonly serial: Serial;
      readonly capability: string;
      readonly parameters: Extract<FromWorker, { type: 'capability_request' }>['parameters'];
      readonly location: { readonly file: string; readonly line: number } | null;
      readonly payload: Uint8Array | null;
    }
  | { readonly kind: 'progress'; readonly serial: Serial; readonly progress: Progress }
);

/** What the main thread gives the control thread at its start. */
export interface ControlData {
  readonly port: MessagePort;
  /** Answers and policies (`Trusted`): the main thread takes them without its event loop. */
  readonly answers: MessagePort;
  readonly memory: SharedArrayBuffer;
  /** Absolute path of the main thread's script: frames of this file are the engine's. */
  readonly engineFile: string;
}
