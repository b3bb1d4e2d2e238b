import type * as vscode from 'vscode';
import type { FromPage } from '../../media/protocol.ts';
import type { Executions } from '../client/executions.ts';
import type { Namespaces } from '../client/namespaces.ts';
import type { Sessions } from '../client/sessions.ts';
import type { Values } from '../client/values.ts';
import type { InlineResults } from '../inline/inline-results.ts';

/** What the results are made from. */
export interface ResultsSources {
  readonly extensionUri: vscode.Uri;
  readonly executions: Executions;
  readonly sessions: Sessions;
  readonly namespaces: Namespaces;
  readonly inline: InlineResults;
  readonly values: Values;
  log(message: string): void;
}

/** What a page asks for on behalf of the person. */
export type PageAction = Exclude<FromPage, { type: 'ready' | 'content' | 'children' | 'show_namespace' | 'error' }>;
