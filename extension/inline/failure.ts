import path from 'node:path';
import type { ErrorReport, Source, StackFrame } from '../../backend/protocol/values.ts';
import type { Words } from '../platform/words.ts';
import type { Place } from './follow.ts';
import type { Marker } from './markers.ts';
import { visible } from './visible.ts';

/** Frames that are told beside the line that failed. */
const MAX_FRAMES = 20;
const MAX_MESSAGE_LINES = 10;
const MAX_MESSAGE_CHARACTERS = 1000;

/** A frame elsewhere than where the error is underlined. */
export interface Elsewhere {
  /** Absolute path; null for the document itself. */
  readonly file: string | null;
  readonly place: Place;
  readonly message: string;
}

/** Where and how an error is told in the document whose code raised it. */
export interface Failure {
  /** Where it went wrong in the code that was run; null when no frame says so. */
  readonly place: Place | null;
  readonly message: string;
  /** The other frames, innermost first. */
  readonly others: readonly Elsewhere[];
}

/** @param marker the code that was run, which may have moved since. */
export function failureOf(error: ErrorReport, source: Source, marker: Marker, words: Words): Failure {
  const own = ({ file }: StackFrame) => file === source.name || file === source.path;
  const frames = error.frames.toReversed();
  const inCode = frames.find((frame) => own(frame) && isWithin(frame, source, marker));
  const others = frames
    .filter((frame) => frame !== inCode)
    .flatMap((frame): Elsewhere[] => {
      const file = own(frame) ? null : openable(frame.file);
      if (file === undefined) return [];
      return [{ file, place: placeOf(frame), message: functionOf(frame, words) }];
    });
  return {
    place: inCode ? moved(placeOf(inCode), marker) : null,
    message: messageOf(error),
    others: others.slice(0, MAX_FRAMES),
  };
}

function isWithin({ line }: StackFrame, source: Source, { ran }: Marker): boolean {
  return line >= source.line && line <= ran.end.line + 1;
}

function placeOf({ line, column }: StackFrame): Place {
  return { line: Math.max(0, line - 1), character: column ?? 0 };
}

/** Code that is not stale has only been moved as a whole. */
function moved({ line, character }: Place, { ran, span }: Marker): Place {
  const sideways = line === ran.start.line ? span.start.character - ran.start.character : 0;
  return { line: line + span.start.line - ran.start.line, character: Math.max(0, character + sideways) };
}

/** The path of a frame's file if it is one of this machine. A program can write what it likes there: a path of the network is left out. */
function openable(file: string): string | undefined {
  return path.isAbsolute(file) && !/^[\\/]{2}/.test(file) ? file : undefined;
}

function functionOf({ function: name }: StackFrame, words: Words): string {
  return name === '' || name === '<module>' ? words.t('at the top level') : words.t('in {0}', visible(name));
}

function messageOf({ name, message, notes }: ErrorReport): string {
  const text = [message === '' ? name : `${name}: ${message}`, ...notes].join('\n');
  const lines = text.slice(0, MAX_MESSAGE_CHARACTERS).split(/\r\n|[\n\r\u0085\u2028\u2029]/);
  const cut = text.length > MAX_MESSAGE_CHARACTERS || lines.length > MAX_MESSAGE_LINES ? ['…'] : [];
  return [...lines.slice(0, MAX_MESSAGE_LINES).map(visible), ...cut].join('\n');
}
