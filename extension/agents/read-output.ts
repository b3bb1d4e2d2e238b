import * as vscode from 'vscode';
import * as z from 'zod';
import { ended } from '../client/ended.ts';
import { readOutputPage } from '../client/output-pages.ts';
import { resultText } from './result-text.ts';
import { tool } from './tool.ts';

const PAGE_BYTES = 64_000;

const Input = z.object({
  /** The newest execution of this window without it. */
  executionId: z.string().max(64).optional(),
  /** Byte at which a page of the whole output begins. */
  start: z.int().nonnegative().optional(),
  waitSeconds: z.number().min(0).max(3600).default(30),
});

/** What an execution printed and came to, an agent's or a person's; a page of everything that it printed. */
export const readOutput = tool({
  input: Input,
  prepare: () => ({ invocationMessage: vscode.l10n.t('Reading the output') }),
  async invoke({ executionId, start, waitSeconds }, context, token) {
    const { executions, sessions } = context;
    const execution = executionId ? executions.get(executionId) : executions.all().at(-1);
    if (!execution) throw new Error('No such execution is known in this window.');
    await ended(execution, executions, token, waitSeconds * 1000);
    if (start === undefined || execution.sessionId === null) return resultText(execution, context);
    const { id, sessionId, phase } = execution;
    const logged = phase.status === 'background' ? null : id;
    const page = await readOutputPage(sessions, sessionId, logged, start, PAGE_BYTES);
    const heading = `Bytes ${start} to ${start + page.bytes.length} of ${page.kept}${page.cut ? ` (${page.cut})` : ''}`;
    return `${heading}\n\n${new TextDecoder().decode(page.bytes)}`;
  },
});
