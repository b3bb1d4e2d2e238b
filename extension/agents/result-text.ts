import type { Execution } from '../client/execution.ts';
import type { AgentContext } from './agent-context.ts';

/** Characters of a value, of a traceback and of each end of the output that a model gets. */
const MAX_TEXT = 20_000;

/** What an execution came to, for a model. In English, as its instructions are. */
export function resultText(execution: Execution, { sessions, prompts }: AgentContext): string {
  const { id, phase, value, sessionId } = execution;
  const name = sessions.get(sessionId ?? '')?.name ?? '';
  const parts = [`${phase.status} (executionId ${id}, session "${name}")`];
  const output = outputOf(execution);
  if (output !== '') parts.push(`Output:\n${output}`);
  switch (phase.status) {
    case 'succeeded':
      if (value !== null) parts.push(`Value:\n${bounded(value)}`);
      break;
    case 'failed':
      parts.push(bounded(phase.error.traceback || `${phase.error.name}: ${phase.error.message}`));
      break;
    case 'cancelled':
      parts.push(phase.reason ?? 'It was cancelled.');
      break;
    case 'lost':
      parts.push(bounded(`${phase.reason}\n${phase.stderrTail}`.trim()));
      break;
    case 'queued':
    case 'running': {
      const [prompt] = prompts.ofExecution(id);
      if (prompt) parts.push(`A person has to answer in the editor first: ${bounded(prompt.prompt)}`);
      parts.push('It goes on. The tool holdfast_readOutput waits for it.');
      break;
    }
    case 'background':
      break;
  }
  return parts.join('\n\n');
}

function outputOf({ output }: Execution): string {
  if (output.total <= 2 * MAX_TEXT) return output.end(2 * MAX_TEXT);
  const left = output.total - 2 * MAX_TEXT;
  return `${output.beginning(MAX_TEXT)}\n… ${left} characters left out …\n${output.end(MAX_TEXT)}`;
}

function bounded(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`;
}
