import {
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type ElicitResult,
  type InputRequests,
  inputRequired,
  inputResponse,
  McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import * as z from 'zod';
import { ListNamespace, MAX_OUTPUT_PAGE_BYTES, type Prompt, ReadOutput } from '../../protocol/client/index.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import { Dialect, type Variable } from '../../protocol/values.ts';
import { VERSION } from '../../version.ts';
import { warn } from '../print.ts';
import { table } from '../table.ts';
import type { AgentRun } from './agent-run.ts';
import type { AgentSessions } from './agent-sessions.ts';
import { canBeElicited, elicitationOf, type Reaction, reactionTo } from './elicitation.ts';
import { RunResult, resultOf } from './result.ts';

/** Questions that one run may put to the person through the agent's program. */
const MAX_ROUNDS = 1000;
/** Answers to one question that are not taken. Then it is left to the editor. */
const MAX_REFUSED = 3;
/** A person may be away for as long as this, in milliseconds. */
const ANSWER_MS = 24 * 3600 * 1000;
const MAX_WAIT_SECONDS = 3600;

const INSTRUCTIONS = `Runs Python, JavaScript and TypeScript in sessions that live on: variables stay between runs and are shared with the person's editor.
The last expression of the code is its value; await works at the top level. Code is held to a security level: what it may not do by itself is asked of the person, who may deny it.`;

const session = z
  .string()
  .min(1)
  .max(100)
  .optional()
  .describe(
    'Name of the session; without it the one that the editor uses for the language. A new name makes a new session.',
  );
const language = Dialect.describe('The language of the code.');

/** The tools of an agent, over the workspace's sessions. They answer no question: a person does. */
export function agentServer(sessions: AgentSessions): McpServer {
  const server = new McpServer(
    { name: 'holdfast', title: 'Holdfast', version: VERSION },
    {
      capabilities: { tools: {} },
      instructions: INSTRUCTIONS,
      inputRequired: { maxRounds: MAX_ROUNDS, roundTimeoutMs: ANSWER_MS },
    },
  );

  server.registerTool(
    'run_code',
    {
      title: 'Run code',
      description: 'Runs code in a session and gives what it printed, its value, or its error.',
      inputSchema: z.object({
        language,
        code: z.string().min(1).describe('The code, as many lines as you like.'),
        session,
        wait_seconds: waitSeconds(120),
      }),
      outputSchema: RunResult,
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
    },
    ({ language: dialect, code, session: name, wait_seconds }, context) =>
      told(async () => {
        const known = context.mcpReq.requestState<string>();
        const run = known === undefined ? await sessions.start(dialect, code, name ?? null) : sessions.run(known);
        if (!run) throw new HoldfastError('not_found', 'This run is not known any more.');
        return await follow(sessions, run, wait_seconds, elicits(server, context), context);
      }),
  );

  server.registerTool(
    'read_output',
    {
      title: 'Read output',
      description: 'Waits for a run that goes on, and gives what it came to; or a page of everything that it printed.',
      inputSchema: z.object({
        execution_id: z.string().max(64).describe('As run_code gave it.'),
        start: z.int().nonnegative().optional().describe('Byte at which a page of the whole output begins.'),
        wait_seconds: waitSeconds(30),
      }),
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    ({ execution_id, start, wait_seconds }, context) =>
      told(async () => {
        const run = sessions.run(execution_id);
        if (!run) throw new HoldfastError('not_found', 'No run of this connection has that execution_id.');
        await run.until(() => run.hasEnded, wait_seconds * 1000, context.mcpReq.signal);
        return start === undefined ? resultOf(run) : await outputPage(sessions, run, start);
      }),
  );

  server.registerTool(
    'read_namespace',
    {
      title: 'Read variables',
      description: 'Lists the variables of a session with their types, sizes and previews, without running code.',
      inputSchema: z.object({
        language,
        session,
        start: z.int().nonnegative().default(0),
        count: z.int().positive().max(1000).default(100),
      }),
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    ({ language: dialect, session: name, start, count }) =>
      told<CallToolResult>(async () => {
        const { sessionId, name: named } = await sessions.session(dialect, name ?? null);
        const client = await sessions.client();
        const { variables, total } = await client.request(ListNamespace, { sessionId, start, count });
        const rows = table(['NAME', 'TYPE', 'SIZE', 'VALUE'], variables.map(row));
        const heading = `${total} variables in session "${named}"`;
        return { content: [{ type: 'text', text: variables.length === 0 ? heading : `${heading}\n\n${rows}` }] };
      }),
  );

  return server;
}

/** Waits for the end of a run. Questions go to the person in front of the agent's program where it can show them. */
async function follow(
  sessions: AgentSessions,
  run: AgentRun,
  seconds: number,
  asks: boolean,
  { mcpReq }: ServerContext,
) {
  const problems = await takeAnswers(sessions, run, mcpReq.inputResponses);
  const open = () =>
    asks ? [...run.prompts.values()].filter((prompt) => canBeElicited(prompt) && !run.shown.has(prompt.promptId)) : [];
  const wait = async (): Promise<Prompt[]> => {
    await run.until(() => run.hasEnded || open().length > 0, seconds * 1000, mcpReq.signal);
    if (mcpReq.signal.aborted && !run.hasEnded) await sessions.cancel(run);
    return run.hasEnded || mcpReq.signal.aborted ? [] : open();
  };
  let prompts = await wait();
  // Clients of before 2026 are asked while the call goes on.
  while (prompts.length > 0 && !mcpReq.envelope) {
    await Promise.all(prompts.map((prompt) => ask(sessions, run, prompt, mcpReq)));
    prompts = await wait();
  }
  if (prompts.length === 0) return resultOf(run);
  const inputRequests: InputRequests = {};
  for (const prompt of prompts) {
    run.shown.add(prompt.promptId);
    inputRequests[prompt.promptId] = inputRequired.elicit(elicitationOf(prompt, problems.get(prompt.promptId)));
  }
  return inputRequired({ inputRequests, requestState: run.executionId });
}

/** Shows a question until it is answered, there or elsewhere. It stays open when the person puts the form away, or the program cannot show it. */
async function ask(
  sessions: AgentSessions,
  run: AgentRun,
  prompt: Prompt,
  mcpReq: ServerContext['mcpReq'],
): Promise<void> {
  const { promptId } = prompt;
  const over = new AbortController();
  const isOver = () => run.hasEnded || !run.prompts.has(promptId);
  void run.until(isOver, ANSWER_MS, AbortSignal.any([mcpReq.signal, over.signal])).then(() => over.abort());
  let problem: string | undefined;
  do {
    run.shown.add(promptId);
    let result: ElicitResult;
    try {
      result = await mcpReq.elicitInput(elicitationOf(prompt, problem), { signal: over.signal, timeout: ANSWER_MS });
    } catch (error) {
      if (!over.signal.aborted) warn(`The agent's program did not show a question: ${(error as Error).message}`);
      break;
    }
    const { action, content = {} } = result;
    problem = await take(sessions, run, prompt, reactionTo(prompt, { kind: 'elicit', action, content }));
  } while (!run.shown.has(promptId));
  over.abort();
}

/** @returns why answers were not taken, by prompt: those are asked again. */
async function takeAnswers(
  sessions: AgentSessions,
  run: AgentRun,
  responses: Record<string, unknown> | undefined,
): Promise<ReadonlyMap<string, string>> {
  const problems = new Map<string, string>();
  for (const promptId of Object.keys(responses ?? {})) {
    const prompt = run.prompts.get(promptId);
    // Only what this run has asked through the form is answered by it.
    if (!prompt || !run.shown.has(promptId)) continue;
    const problem = await take(sessions, run, prompt, reactionTo(prompt, inputResponse(responses, promptId)));
    if (problem !== undefined) problems.set(promptId, problem);
  }
  return problems;
}

/** @returns why the answer was not taken. It is asked for again, but not without end: a program may answer by itself. */
async function take(
  sessions: AgentSessions,
  run: AgentRun,
  { promptId }: Prompt,
  reaction: Reaction,
): Promise<string | undefined> {
  if (reaction === 'later') return undefined;
  if (reaction === 'refuse') {
    await sessions.refuse(promptId);
    return undefined;
  }
  const problem = await sessions.answer(promptId, reaction.answer);
  if (problem === undefined) return undefined;
  const refused = (run.refused.get(promptId) ?? 0) + 1;
  run.refused.set(promptId, refused);
  if (refused < MAX_REFUSED) run.shown.delete(promptId);
  return problem;
}

/** The agent's program shows forms. Newer clients say so with each request, older ones once. */
function elicits(server: McpServer, { mcpReq }: ServerContext): boolean {
  const envelope: Readonly<Record<string, unknown>> = mcpReq.envelope ?? {};
  // The SDK has checked the envelope's shape; its type does not name the key.
  const own = envelope[CLIENT_CAPABILITIES_META_KEY] as ClientCapabilities | undefined;
  const elicitation = (own ?? server.server.getClientCapabilities())?.elicitation;
  // Without modes: forms, as before there were others.
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
}

async function outputPage(sessions: AgentSessions, run: AgentRun, start: number): Promise<CallToolResult> {
  const { executionId } = run;
  const page = { sessionId: run.session.sessionId, executionId, start, count: Math.min(64_000, MAX_OUTPUT_PAGE_BYTES) };
  const { result, payload } = await (await sessions.client()).requestBytes(ReadOutput, page);
  const heading = `Bytes ${start} to ${start + payload.length} of ${result.kept}${result.cut ? ` (${result.cut})` : ''}`;
  return { content: [{ type: 'text', text: `${heading}\n\n${new TextDecoder().decode(payload)}` }] };
}

/** What went wrong is told to the agent in words that it can act on. */
async function told<Result>(work: () => Promise<Result>): Promise<Result | CallToolResult> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    return { isError: true, content: [{ type: 'text', text: error.message }] };
  }
}

function waitSeconds(otherwise: number) {
  return z
    .number()
    .min(0)
    .max(MAX_WAIT_SECONDS)
    .default(otherwise)
    .describe('Seconds to wait for its end; it goes on after them.');
}

function row({ name, type, shape, length, preview }: Variable): string[] {
  return [name, type, shape ? shape.join(' × ') : String(length ?? ''), preview];
}
