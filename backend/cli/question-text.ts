import type { Prompt } from '../protocol/client/index.ts';
import { plain } from './plain.ts';

/** A prompt as a terminal shows it; what is typed follows it. That of `input` is as the program wrote it, as its output is. */
export function questionText({ prompt, form }: Prompt): string {
  return form.kind === 'text' ? prompt : plain(formText(prompt, form));
}

function formText(prompt: string, form: Exclude<Prompt['form'], { kind: 'text' }>): string {
  switch (form.kind) {
    case 'approve': {
      const parts = [prompt, ...(form.detail === null ? [] : [form.detail])];
      if (form.diff) parts.push(`--- ${form.diff.name}, before`, form.diff.before, '--- after', form.diff.after, '---');
      return `${parts.join('\n')} [yes/no] `;
    }
    case 'choose': {
      const lines = form.options.map(
        ({ label, detail }, i) => `  ${i + 1}. ${label}${detail === null ? '' : ` – ${detail}`}`,
      );
      return `${[prompt, ...lines].join('\n')}\n${form.many ? 'Numbers, with commas between' : 'Number'}: `;
    }
    case 'pick_file':
      return `${prompt === '' ? 'A path' : prompt} [absolute path of a ${form.select === 'folder' ? 'folder' : 'file'}] `;
    case 'permission': {
      const { covers, target, scopes } = form;
      const lasting = covers === target || covers === '*' ? '' : ` (an answer that lasts covers ${covers})`;
      return `${prompt}${lasting}\n[yes/no/${scopes
        .filter((scope) => scope !== 'once')
        .map((scope) => `allow_${scope}`)
        .join('/')}/deny_all] `;
    }
    case 'review':
      return `${[prompt, form.text].filter((part) => part !== '').join('\n')}\nIs this good? [yes/no] `;
  }
}
