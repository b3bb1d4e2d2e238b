import type { OutputText } from '../client/output-text.ts';
import { visible } from './visible.ts';

const MAX_CHARACTERS = 5000;
const MAX_LINES = 60;
const LINE_END = /\r\n|[\n\r\u0085\u2028\u2029]/;

/** A block whose fence is longer than any run of backticks in it, so that the text cannot end it. Of a long text both ends. */
export function codeBlock(text: string): string {
  if (text.length <= MAX_CHARACTERS) return block(linesOf(text));
  const half = MAX_CHARACTERS / 2;
  return twoEnds(text.slice(0, half), text.slice(-half));
}

/** The same for what a program printed; empty when it printed nothing. */
export function outputBlock(output: OutputText): string {
  if (output.total === 0) return '';
  if (output.total <= MAX_CHARACTERS) return codeBlock(output.end(MAX_CHARACTERS));
  const half = MAX_CHARACTERS / 2;
  return twoEnds(output.beginning(half), output.end(half));
}

function twoEnds(beginning: string, end: string): string {
  const half = MAX_LINES / 2;
  return fenced([...linesOf(beginning).slice(0, half), '…', ...linesOf(end).slice(-half)]);
}

function block(lines: readonly string[]): string {
  if (lines.length <= MAX_LINES) return fenced(lines);
  const half = MAX_LINES / 2;
  return fenced([...lines.slice(0, half), '…', ...lines.slice(-half)]);
}

function fenced(lines: readonly string[]): string {
  const shown = lines.map(visible).join('\n');
  const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${shown}\n${fence}`;
}

function linesOf(text: string): string[] {
  return text.trimEnd().split(LINE_END);
}
