import type { ElicitRequestFormParams, InputResponseView } from '@modelcontextprotocol/server';
import type { AnswerPrompt, ParamsOf } from '../../protocol/client/index.ts';
import { isSecret, type Prompt } from '../../protocol/client/index.ts';
import { questionText } from '../question-text.ts';

type Json = ParamsOf<typeof AnswerPrompt>['value'];

/** What becomes of a question by what the person did with the form. `later`: it stays open, as after Escape in the editor. */
export type Reaction = { readonly answer: Json } | 'refuse' | 'later';

/** A secret never passes through a form of an agent's program: it is answered in the editor or in a terminal. */
export function canBeElicited(prompt: Prompt): boolean {
  return !isSecret(prompt);
}

/** The question as a form for the person in front of the agent's program. @param problem why their last answer was not taken */
export function elicitationOf(prompt: Prompt, problem?: string): ElicitRequestFormParams {
  const { location } = prompt;
  const place = location ? `${location.file}:${location.line} asks` : 'A program asks';
  const lines = [`${place}:`, messageOf(prompt), ...(problem === undefined ? [] : [problem])];
  return { mode: 'form', message: lines.join('\n'), requestedSchema: schemaOf(prompt) };
}

function messageOf(prompt: Prompt): string {
  // The form lists the options and takes the text itself.
  if (['choose', 'review', 'permission'].includes(prompt.form.kind)) return prompt.prompt;
  return questionText(prompt).trimEnd();
}

function schemaOf({ form }: Prompt): ElicitRequestFormParams['requestedSchema'] {
  switch (form.kind) {
    case 'text':
      return fields({ answer: { type: 'string', title: 'Answer' } });
    case 'approve':
      return fields({ answer: { type: 'boolean', title: 'Yes' } });
    case 'choose': {
      const options = form.options.map(({ label }, position) => ({ const: String(position), title: label }));
      return fields({
        answer: form.many
          ? { type: 'array', title: 'Some of them', items: { anyOf: options } }
          : { type: 'string', title: 'One of them', oneOf: options },
      });
    }
    case 'pick_file':
      return fields({
        answer: { type: 'string', title: form.select === 'files' ? 'Absolute paths, a line each' : 'Absolute path' },
      });
    case 'review':
      return fields({
        approved: { type: 'boolean', title: 'This is good' },
        text: { type: 'string', title: 'Text', default: form.text },
      });
    case 'permission':
      return fields({ answer: { type: 'string', title: 'Answer', oneOf: permissionChoices(form) } });
  }
}

const LASTS = { session: 'Allow for this session', workspace: 'Allow in this workspace', always: 'Always allow' };

/** The same choices as in the editor. */
function permissionChoices({ scopes, covers }: Extract<Prompt['form'], { kind: 'permission' }>) {
  const allowed = scopes.map((scope) => ({
    const: `allow_${scope}`,
    title: scope === 'once' ? 'Allow once' : `${LASTS[scope]}: ${covers}`,
  }));
  return [
    ...allowed,
    { const: 'deny_once', title: 'Deny' },
    { const: 'deny_all', title: 'Deny all of this kind, for this session' },
  ];
}

function fields(
  properties: ElicitRequestFormParams['requestedSchema']['properties'],
): ElicitRequestFormParams['requestedSchema'] {
  return { type: 'object', properties, required: Object.keys(properties) };
}

/** What the person did with the form, as an answer. Its content is not checked here: the backend checks every answer. */
export function reactionTo({ form }: Prompt, response: InputResponseView): Reaction {
  if (response.kind !== 'elicit' || response.action === 'cancel') return 'later';
  if (response.action === 'decline') return declined(form);
  const { answer, approved, text } = response.content ?? {};
  switch (form.kind) {
    case 'choose':
      return { answer: (Array.isArray(answer) ? answer : [answer]).map(Number).map(json) };
    case 'pick_file':
      return {
        answer: String(answer)
          .split('\n')
          .filter((line) => line !== ''),
      };
    case 'review':
      return { answer: { approved: approved === true, text: typeof text === 'string' ? text : form.text } };
    case 'text':
    case 'approve':
    case 'permission':
      return { answer: json(answer) };
  }
}

function declined({ kind }: Prompt['form']): Reaction {
  if (kind === 'approve') return { answer: false };
  return kind === 'permission' ? { answer: 'deny_once' } : 'refuse';
}

/** A number that is none becomes one that no question takes. */
function json(value: unknown): Json {
  if (typeof value === 'number') return Number.isFinite(value) ? value : -1;
  return typeof value === 'string' || typeof value === 'boolean' ? value : null;
}
