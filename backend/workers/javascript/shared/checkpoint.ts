import type { CheckpointManifest, RestoreReport } from '../../../protocol/checkpoint.ts';
import type { CompiledCell } from './messages.ts';

/** The text of a function or class of a cell's top level. */
export interface Definition {
  readonly name: string;
  readonly text: string;
  /** Of its first character in its file, 1-based. */
  readonly line: number;
}

/** A name that an import bound. `member` null: the module's namespace. */
export interface Imported {
  readonly name: string;
  readonly module: string;
  readonly member: string | null;
}

/** What is to be copied. */
export interface CheckpointErrand {
  readonly kind: 'checkpoint';
  readonly names: readonly string[] | null;
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

/** Places of instances in the graph, by the name of the variable that holds their class; `''`: of objects without a prototype. */
export type Instances = Record<string, number[]>;

/** What v8's bytes do not say: the `extra` of a group. */
export interface GraphFacts {
  /** How many there are: a copy that has another number is not the same graph. */
  readonly objects: number;
  readonly instances: Instances;
}

export interface SavedResult {
  readonly kind: 'saved';
  readonly manifest: CheckpointManifest;
  readonly parts: readonly Uint8Array[];
}

export type RestoredVariables = RestoreReport['variables'];
