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
