import type { Child, Target } from '../../../backend/protocol/inspection.ts';
import type { KnownVariable } from '../../client/namespaces.ts';

/** Rows of the Namespace view. One object stands for a row as long as it is there, and its `id` never changes. */

/** A session, with its variables below it. */
export interface SessionRow {
  readonly kind: 'session';
  readonly id: string;
  readonly sessionId: string;
}

/** Its fields are what commands take as their argument. */
export interface VariableRow {
  readonly kind: 'variable';
  readonly id: string;
  readonly sessionId: string;
  readonly name: string;
  readonly target: Target;
  /** How code names it. */
  readonly expression: string;
  known: KnownVariable;
}

/** Something below a variable. */
export interface ChildRow {
  readonly kind: 'child';
  readonly id: string;
  readonly sessionId: string;
  readonly target: Target;
  /** Null when code cannot name it. */
  readonly expression: string | null;
  readonly child: Child;
}

export type ValueRow = VariableRow | ChildRow;

/** Shows more rows of the same parent when it is chosen. */
export interface MoreRow {
  readonly kind: 'more';
  readonly id: string;
  readonly parent: SessionRow | ValueRow;
  /** Rows that are still to come. */
  readonly rest: number;
}

/** Says something in the place of rows. */
export interface NoteRow {
  readonly kind: 'note';
  readonly id: string;
  readonly text: string;
  readonly icon: string;
}

export type NamespaceRow = SessionRow | ValueRow | MoreRow | NoteRow;
