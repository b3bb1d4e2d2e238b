import type { CheckpointManifest, RestoreReport } from '../../../protocol/checkpoint.ts';
import type { CompiledCell } from './messages.ts';

/** The text of a function or class of a cell's top level. */
export interface Definition {
  readonly name: string;
  readonly text: string;
  /** Of its first character in its file, 1-based. */
  readonly line: number;
  /** The text of its value in the compiled cell, by which that is known from what the cell may have put in its place. */
  readonly compiled: string;
}

/** A name that an import bound. `member` null: the module's namespace. */
export interface Imported {
  readonly name: string;
  readonly module: string;
  readonly member: string | null;
  /** By `require`: it may be data, which the program may have changed since. */
  readonly required?: true;
}

/** What is to be copied. */
export interface CheckpointErrand {
  readonly kind: 'checkpoint';
  readonly maxVariableBytes: number;
  readonly maxBytes: number;
  /** A cell that comes meanwhile ends it. */
  readonly givesWay: boolean;
}

/** What is to be put back. `cells`: the definitions, compiled; or why that cannot be done. */
export interface RestoreErrand {
  readonly kind: 'restore';
  readonly manifest: CheckpointManifest;
  readonly parts: readonly Uint8Array[];
  readonly cells: ReadonlyMap<string, CompiledCell | string>;
}

/** Places of objects in the graph, by what is said of them. */
export type Places = Record<string, number[]>;

/** What v8's bytes do not say: the `extra` of a group. */
export interface GraphFacts {
  /** How many there are: a copy that has another number is not the same graph. */
  readonly objects: number;
  /** By the name of the variable that holds their class; by `BUILTIN` and the name of a class of the language; by `''` for no prototype. */
  readonly instances: Places;
  /** By how far they take changes, those that do not take all. Missing in checkpoints of earlier versions. */
  readonly integrity?: Places;
}

/** No variable's name begins with it. */
export const BUILTIN = '%';

export interface SavedResult {
  readonly kind: 'saved';
  readonly manifest: CheckpointManifest;
  readonly parts: readonly Uint8Array[];
}

export type RestoredVariables = RestoreReport['variables'];
