import type { Executions } from '../client/executions.ts';
import type { Namespaces } from '../client/namespaces.ts';
import type { Prompts } from '../client/prompts.ts';
import type { Runner } from '../client/runner.ts';
import type { Sessions } from '../client/sessions.ts';

/** What the tools work with. */
export interface AgentContext {
  readonly sessions: Sessions;
  readonly executions: Executions;
  readonly namespaces: Namespaces;
  readonly prompts: Prompts;
  readonly runner: Runner;
}
