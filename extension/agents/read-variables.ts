import * as vscode from 'vscode';
import * as z from 'zod';
import { Dialect } from '../../backend/protocol/values.ts';
import { languageOfDialect } from '../../backend/workers/index.ts';
import { tool } from './tool.ts';

const Input = z.object({
  language: Dialect,
  start: z.int().nonnegative().default(0),
  count: z.int().positive().max(1000).default(100),
});

/** The variables of a language's session, as the Namespace view knows them. Runs no code and starts no session. */
export const readVariables = tool({
  input: Input,
  prepare: () => ({ invocationMessage: vscode.l10n.t('Reading the variables') }),
  async invoke({ language, start, count }, { sessions, namespaces }) {
    const session = sessions.find(languageOfDialect(language).id, null);
    if (!session) return 'There is no session of this language yet: running code starts one.';
    const { variables, total } = namespaces.of(session.sessionId);
    const lines = variables.slice(start, start + count).map(({ name, type, shape, length, preview }) => {
      const size = shape ? shape.join(' × ') : (length ?? '');
      return `${name}: ${type}${size === '' ? '' : ` (${size})`} = ${preview}`;
    });
    return [`${total} variables in session "${session.name}"`, ...lines].join('\n');
  },
});
