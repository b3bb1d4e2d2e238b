import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import * as z from 'zod';
import { Dialect } from '../../backend/protocol/values.ts';
import { languageOfDialect } from '../../backend/workers/index.ts';
import { codeBlock } from '../inline/code-block.ts';
import { runToEnd } from '../run-to-end.ts';
import { resultText } from './result-text.ts';
import { tool } from './tool.ts';

const Input = z.object({
  language: Dialect,
  code: z.string().min(1),
  waitSeconds: z.number().min(0).max(3600).default(120),
});

/** Runs code in the session of its language, as an agent: at the agent's level, and marked as such. */
export const runCode = tool({
  input: Input,
  prepare({ language, code }) {
    const { label } = languageOfDialect(language);
    return {
      invocationMessage: vscode.l10n.t('Running {0} code', label),
      confirmationMessages: {
        title: vscode.l10n.t('Run {0} code in the session?', label),
        // Nothing in a code block is a link.
        message: new vscode.MarkdownString(codeBlock(code)),
      },
    };
  },
  async invoke({ language: dialect, code, waitSeconds }, context, token) {
    const source = { name: `<agent ${randomUUID().slice(0, 8)}>`, path: null, line: 1, column: 0 };
    const request = { dialect, code, source, origin: 'agent' as const };
    return resultText(await runToEnd(request, context, token, waitSeconds * 1000), context);
  },
});
