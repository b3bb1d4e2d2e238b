import type { CallToolResult } from '@modelcontextprotocol/server';
import * as z from 'zod';
import type { AgentRun } from './agent-run.ts';

const MAX_TEXT = 40_000;

/** What a run came to, for programs. `queued`: it has not begun; `waiting`: a person has to answer first; `running`: it goes on. */
export const RunResult = z.object({
  status: z.enum(['succeeded', 'failed', 'cancelled', 'lost', 'queued', 'running', 'waiting']),
  execution_id: z.string(),
  session: z.string(),
  /** Text form of the value of the last expression. */
  value: z.string().nullable(),
  /** What it printed so far; the middle of a long text is left out. */
  output: z.string(),
  /** A traceback, or why it was cancelled or lost. */
  error: z.string().nullable(),
  /** What to do next. */
  note: z.string().nullable(),
});
export type RunResult = z.infer<typeof RunResult>;

export function resultOf(run: AgentRun): CallToolResult {
  const result = describe(run);
  const { status, value, output, error, note } = result;
  const parts = [`${status} (execution ${result.execution_id} in session "${result.session}")`];
  if (output !== '') parts.push(`Output:\n${output}`);
  if (value !== null) parts.push(`Value:\n${value}`);
  if (error !== null) parts.push(error);
  if (note !== null) parts.push(note);
  const images = run.images.map(({ mimeType, bytes }) => ({
    type: 'image' as const,
    mimeType,
    data: Buffer.from(bytes).toString('base64'),
  }));
  return {
    content: [{ type: 'text', text: parts.join('\n\n') }, ...images],
    structuredContent: result,
    // What code did is the answer, also when it failed; only what never ended well by itself is an error of the tool.
    ...(status === 'lost' ? { isError: true } : {}),
  };
}

function describe(run: AgentRun): RunResult {
  const { outcome, gone, executionId, session, prompts } = run;
  const base = {
    execution_id: executionId,
    session: session.name,
    value: null,
    output: run.output.toString(),
    error: null,
    note: null,
  };
  if (gone !== undefined) return { ...base, status: 'lost', error: gone };
  switch (outcome?.status) {
    case 'succeeded':
      return { ...base, status: 'succeeded', value: outcome.text === null ? null : bounded(outcome.text) };
    case 'failed':
      return { ...base, status: 'failed', error: bounded(outcome.error.traceback || named(outcome.error)) };
    case 'cancelled':
      return { ...base, status: 'cancelled', error: outcome.reason ?? 'It was cancelled.' };
    case 'lost':
      return { ...base, status: 'lost', error: bounded(`${outcome.reason}\n${outcome.stderrTail}`.trim()) };
    case undefined:
      break;
  }
  const [prompt] = prompts.values();
  const goOn = 'It goes on; read_output with its execution_id waits for it.';
  if (!run.hasBegun) {
    const note = 'It waits for its turn: the session still runs something else, or a question of that is open. ';
    return { ...base, status: 'queued', note: `${note}read_output with its execution_id waits for it.` };
  }
  if (!prompt) return { ...base, status: 'running', note: goOn };
  const place = prompt.location ? ` (line ${prompt.location.line})` : '';
  const note = `A person has to answer in the editor, or with "holdfast answer": ${prompt.prompt}${place}. ${goOn}`;
  return { ...base, status: 'waiting', note };
}

function named({ name, message }: { readonly name: string; readonly message: string }): string {
  return `${name}: ${message}`;
}

function bounded(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`;
}
