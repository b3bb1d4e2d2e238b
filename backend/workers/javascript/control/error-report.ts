import type { ErrorReport, Source, StackFrame } from '../../../protocol/values.ts';
import type { SyntaxProblem } from '../compile/syntax-problem.ts';
import type { ThrownError } from '../shared/messages.ts';

const MAX_FRAMES = 200;
const MAX_MESSAGE = 20_000;
const MAX_TRACEBACK = 200_000;
const MAX_NOTE = 10_000;

const FRAME = /^\s+at (?:(.+?) \()?(?:file:\/\/)?(.+?):(\d+):(\d+)\)?$/;

/** What user code threw. */
export function reportThrown(error: ThrownError, engineFile: string): ErrorReport {
  const frames = stackFrames(error.stack, engineFile);
  return {
    name: error.name.slice(0, 1000),
    message: error.message.slice(0, MAX_MESSAGE),
    frames: frames.length > 0 ? frames : compileFrame(error.stack),
    traceback: error.text.slice(0, MAX_TRACEBACK),
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

/** An error of V8's compiler has no frames in the cell; its stack begins with `file:line`, the line and a caret. */
function compileFrame(stack: string): StackFrame[] {
  const match = /^(?:file:\/\/)?(.+):(\d+)\n.*\n( *)\^/.exec(stack);
  if (!match) return [];
  const [, file = '', line, indent = ''] = match;
  return [{ file, line: Number(line), column: indent.length, function: '' }];
}

/** A cell that could not be read. Printed as Node prints a syntax error. */
export function reportSyntax(problem: SyntaxProblem, source: Source, text: string): ErrorReport {
  const line = source.line + problem.line - 1;
  const column = problem.column + (problem.line === 1 ? source.column : 0);
  const row = text.split(/\r\n|[\n\r\u2028\u2029]/)[problem.line - 1] ?? '';
  const shown = row.length <= 500 ? `${row}\n${row.slice(0, problem.column).replace(/[^\t]/g, ' ')}^\n\n` : '';
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
