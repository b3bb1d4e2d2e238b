import type { BackendSettings } from '../protocol/client/index.ts';
import type { Dialect, LanguageId } from '../protocol/values.ts';

export type { LanguageId };

/** An interpreter that was found and asked for its version. */
export interface Interpreter {
  /** Absolute path. */
  readonly path: string;
  /** For example `3.12.1`. */
  readonly version: string;
  /** Where it was found, for a person: `setting`, `.venv`, `PATH`, `bundled`. */
  readonly origin: string;
  /** Absolute paths of files and folders, there or not: a worker that started before one of them changed is out of date. */
  readonly watched: readonly string[];
}

/** What a program answered when it was asked what it is. */
export interface Answer {
  /** Absolute path of the real program, which a shim stands for. */
  readonly path: string;
  readonly version: string;
  /** See `Interpreter`. */
  readonly watched: readonly string[];
}

/** A program to ask. Paths are absolute. */
export interface Question {
  readonly file: string;
  readonly workspace: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Remembers what programs answered. */
export interface Answers {
  /** @returns the earlier answer while nothing has changed that could lead to another, else what `ask` brings. */
  of(question: Question, ask: () => Promise<Answer>): Promise<Answer>;
}

/** What a search may use. Paths are absolute. */
export interface InterpreterSearch {
  /** The setting or the command-line option; when given nothing else is tried. */
  readonly configured: string | null;
  readonly workspace: string;
  readonly env: NodeJS.ProcessEnv;
  /** Without it every candidate is run. */
  readonly answers?: Answers;
  /** Told of each candidate that is run: it may be the one. */
  readonly asking?: (file: string) => void;
}

/** How to start a worker. The backend adds fds 3 (to the worker), 4 (from it) and 5 (lifeline: never written, closed when the backend is gone). */
export interface WorkerCommand {
  readonly executable: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** What a floor lets a worker do. Paths are absolute and real. */
export interface FloorBounds {
  readonly readable: readonly string[];
  /** Readable as well. */
  readonly writable: readonly string[];
  readonly network: boolean;
  /** Whether it may start other programs. */
  readonly programs: boolean;
}

/** Something of the system's own that holds a worker from its start on, whatever the code in it does (DESIGN.md §8). */
export interface Floor {
  /** As `SessionInfo.floor` says it. */
  readonly name: string;
  /** @returns null when it works here, else why not and what would help. */
  problem(interpreter: Interpreter, env: NodeJS.ProcessEnv): Promise<string | null>;
  wrap(command: WorkerCommand, interpreter: Interpreter, bounds: FloorBounds): WorkerCommand;
}

/** Characters of a text: `end` is the first one after it. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

/** Everything the backend and the editor need to know about a language. Data: the worker itself runs in its own process. */
export interface Language {
  readonly id: LanguageId;
  readonly label: string;
  readonly dialects: readonly Dialect[];
  /** File name endings, with the dot, and the dialect each is written in. */
  readonly extensions: Readonly<Record<string, Dialect>>;
  /** What begins a comment that ends with its line. */
  readonly commentPrefix: '#' | '//';
  /** Its sessions have an executor thread for cells that block. */
  readonly hasThread: boolean;
  /** Its worker says of what a cancelled cell has asked for that nobody waits for it; else all of it is given up with the cell. */
  readonly givesUpByItself: boolean;
  /** Its worker finds the mode of a cell; else the backend does. */
  readonly routedInWorker: boolean;
  /** `command` needs no more of an interpreter than its path. */
  readonly startsByPath: boolean;
  /** Matches a line that starts a cell, at its margin: a comment further in stands in the middle of code. */
  readonly cellMarker: RegExp;
  /** Match the lines that an editor folds between. */
  readonly region: { readonly start: RegExp; readonly end: RegExp };
  /** Strings and comments that go over several lines, in order. Any text will do; what is never closed counts for as little as it can. */
  multilineTexts(text: string): readonly TextSpan[];
  /** `holdfast.…`: the setting that names the interpreter. */
  readonly setting: string;
  /** What can hold its workers, the best first. */
  readonly floors: readonly Floor[];
  /** The cell that `holdfast doctor` runs, and the text of its value. */
  readonly probe: { readonly code: string; readonly text: string };
  /**
   * Finds the interpreter to use.
   * @throws HoldfastError `unavailable`, saying what was found, what is needed and which setting to change.
   */
  find(search: InterpreterSearch): Promise<Interpreter>;
  /** @param workers absolute path of the folder that holds the built workers (`dist/workers`). */
  command(interpreter: Interpreter, workers: string, env: NodeJS.ProcessEnv): WorkerCommand;
  /** Arguments that the settings add to it, for a session's workers. */
  options(settings: BackendSettings): readonly string[];
}
