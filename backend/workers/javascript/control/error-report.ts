import type { ErrorReport, Source, StackFrame } from '../../../protocol/values.ts';
import type { SyntaxProblem } from '../compile/syntax-problem.ts';
import type { ThrownError } from '../shared/messages.ts';
import { scriptName } from '../shared/script-name.ts';

const MAX_FRAMES = 200;
const MAX_MESSAGE = 20_000;
const MAX_TRACEBACK = 200_000;
const MAX_NOTE = 10_000;
/** Characters of a line that is shown: a longer one is no help. */
const MAX_EXCERPT = 500;

const FRAME = /^\s+at (?:(.+?) \()?(?:file:\/\/)?(.+?):(\d+):(\d+)\)?$/;

export interface CellText {
  readonly source: Source;
  readonly text: string;
}

/** What user code threw. As Node does, the traceback begins with the line that threw. */
export function reportThrown(error: ThrownError, engineFile: string, cell: CellText): ErrorReport {
  const frames = stackFrames(error.stack, engineFile);
  const excerpt = excerptOf(frames.at(-1), cell);
  return {
    name: error.name.slice(0, 1000),
    message: error.message.slice(0, MAX_MESSAGE),
    frames,
    traceback: `${excerpt}${error.text}`.slice(0, MAX_TRACEBACK),
    notes: error.notes.slice(0, 100).map((note) => note.slice(0, MAX_NOTE)),
  };
}

/** Innermost last, as the protocol wants it; V8 prints the innermost first. */
function stackFrames(stack: string, engineFile: string): StackFrame[] {
  const frames: StackFrame[] = [];
  for (const line of stack.split('\n')) {
    const match = FRAME.exec(line);
    if (!match) continue;
    const [, name = '', file = '', row, column] = match;
    if (file === engineFile || file === 'node:vm') continue;
    frames.push({
      file,
      line: Number(row),
      column: Math.max(0, Number(column) - 1),
      function: name.replace(/^async /, ''),
    });
    if (frames.length === MAX_FRAMES) break;
  }
  return frames.reverse();
}

/** The line of a frame with a caret, when the frame is in the cell's own text; else nothing. */
function excerptOf(frame: StackFrame | undefined, { source, text }: CellText): string {
  if (!frame || frame.file !== scriptName(source)) return '';
  const row = linesOf(text)[frame.line - source.line];
  if (row === undefined || row.length > MAX_EXCERPT) return '';
  const column = Math.max(0, (frame.column ?? 0) - (frame.line === source.line ? source.column : 0));
  return `${frame.file}:${frame.line}\n${row}\n${caretAt(row, column)}\n\n`;
}

function linesOf(text: string): string[] {
  return text.split(/\r\n|[\n\r\u2028\u2029]/);
}

function caretAt(row: string, column: number): string {
  return `${row.slice(0, column).replace(/[^\t]/g, ' ')}^`;
}

/** A cell that could not be read. Printed as Node prints a syntax error. */
export function reportSyntax(problem: SyntaxProblem, source: Source, text: string): ErrorReport {
  const line = source.line + problem.line - 1;
  const column = problem.column + (problem.line === 1 ? source.column : 0);
  const row = linesOf(text)[problem.line - 1] ?? '';
  const shown = row.length <= MAX_EXCERPT ? `${row}\n${caretAt(row, problem.column)}\n\n` : '';
  const message = problem.message.slice(0, MAX_MESSAGE);
  return {
    name: 'SyntaxError',
    message,
    frames: [{ file: source.name, line, column, function: '' }],
    traceback: `${source.name}:${line}\n${shown}SyntaxError: ${message}`,
    notes: [],
  };
}

/** A cancelled cell: the main thread says nothing about it, so this is made here. */
export function reportCancelled(message: string): ErrorReport {
  return { name: 'Cancelled', message, frames: [], traceback: `Cancelled: ${message}`, notes: [] };
}
