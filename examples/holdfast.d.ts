/** What Holdfast brings into JavaScript and TypeScript; here for the editor's own checks. */

/** Asks the person for a line of text. */
declare function input(prompt?: string, options?: { secret?: boolean }): Promise<string>
/** Asks the person for yes or no. The two texts of `diff` are shown side by side; its name tells the language by its ending. */
declare function approve(
  title: string,
  options?: { detail?: string; diff?: { before: string; after: string; name?: string } },
): Promise<boolean>
/** Asks the person for one of the options. Of an object the keys are shown, and its value is the answer. */
declare function choose<T>(prompt: string, options: readonly T[] | Readonly<Record<string, T>>): Promise<T>
/** Asks the person for any number of the options. */
declare function choose<T>(
  prompt: string,
  options: readonly T[] | Readonly<Record<string, T>>,
  settings: { many: true },
): Promise<T[]>
/** Asks the person for the absolute path of a file or a folder. */
declare function pickFile(
  prompt?: string,
  options?: { select?: 'file' | 'folder' | 'save'; filters?: Record<string, string[]>; folder?: string },
): Promise<string>
/** Asks the person for the absolute paths of files. */
declare function pickFile(
  prompt: string,
  options: { select: 'files'; filters?: Record<string, string[]>; folder?: string },
): Promise<string[]>
/** Shows the person a text that may be changed. Gives the text as it is then, or null when it was refused. */
declare function review(text: string, options?: { prompt?: string; language?: string }): Promise<string | null>
/** Shows the person a message. */
declare function notify(message: string, level?: 'information' | 'warning' | 'error'): Promise<void>
/** Shows a value in the results panel. */
declare function display(value: unknown): void

/** A bar. `done` counts up to `total`, null when nobody knows. */
interface HoldfastProgress {
  readonly done: number
  total: number | null
  label: unknown
  /** So much more is done; 1 when it is not said. */
  update(count?: number): void
  /** It is over, whether or not all is done. */
  close(): void
}
/** Shows how far a loop is: `for (const row of progress(rows))`. */
declare function progress<T>(
  items: Iterable<T>,
  options?: { total?: number; label?: string },
): Iterable<T> & HoldfastProgress
/** Shows how far a loop is: `for await (const row of progress(rows))`. */
declare function progress<T>(
  items: AsyncIterable<T>,
  options?: { total?: number; label?: string },
): AsyncIterable<T> & HoldfastProgress
/** A bar that is moved by hand. */
declare function progress(options?: { total?: number; label?: string }): HoldfastProgress

/** The text of a file, as it is. At most 64 MiB. */
declare function readFile(path: string | URL, encoding?: string): Promise<string>
/** The bytes of a file. */
declare function readFile(path: string | URL, encoding: null): Promise<Uint8Array>
/** Replaces a file, or makes one: who reads it finds all of it, or what was there before. */
declare function writeFile(path: string | URL, content: string | ArrayBuffer | ArrayBufferView): Promise<void>
/** Paths of the files in a folder whose names match, sorted: `await listFiles('data', '**\/*.csv')`. */
declare function listFiles(folder?: string | URL, pattern?: string): Promise<string[]>
/** Runs a command to its end. A text is for the system's shell, a list is a program and its arguments. */
declare function shell(
  command: string | readonly string[],
  options?: {
    cwd?: string | URL
    /** Added to the environment. */
    env?: Record<string, string>
    input?: string | ArrayBuffer | ArrayBufferView
    /** Milliseconds. */
    timeout?: number
    /** What it writes is shown as it comes, unless this is false. */
    show?: boolean
  },
): Promise<{
  ok: boolean
  exitCode: number | null
  /** What ended it, when that was a signal. */
  signal: string | null
  stdout: string
  stderr: string
  /** It wrote more than is kept, which is 16 MiB of each stream. */
  truncated: boolean
}>
/** A variable of the environment. */
declare function env(name: string): Promise<string | undefined>
declare function env(name: string, otherwise: string): Promise<string>
/**
 * Keeps what the function comes to: when the cell runs again, also after a crash, the value is there at once. In a loop each step needs
 * a key. The signal tells the function that its time is over.
 */
declare function step<T>(
  name: string,
  run: (context: { readonly signal: AbortSignal }) => T | Promise<T>,
  options?: {
    /** A text, a number, or an array of these. */
    key?: unknown
    /** How often it is tried again when it throws. */
    retries?: number
    /** Milliseconds before it is tried again the first time, then twice as many. 1000 when it is not said. */
    backoff?: number
    /** Milliseconds after which it fails with a TimeoutError. */
    timeout?: number
  },
): Promise<T>
/** What the programs of this workspace keep between sessions: values that are JSON. */
declare const store: {
  get<T = unknown>(key: string): Promise<T | undefined>
  get<T>(key: string, otherwise: T): Promise<T>
  has(key: string): Promise<boolean>
  /** The value is on disk when it settles. */
  set(key: string, value: unknown): Promise<void>
  /** Tells whether it was there. */
  delete(key: string): Promise<boolean>
  keys(): Promise<string[]>
}
