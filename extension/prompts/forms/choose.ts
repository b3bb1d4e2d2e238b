import { plainText } from '../../inline/visible.ts';
import type { ShowForm } from './form.ts';
import { showPick } from './pick.ts';

/** One of several options, or some of them, in a quick pick. */
export const showChoose: ShowForm<'choose'> = (prompt, { options, many }, { answer, hidden, reveal }) =>
  showPick(prompt, {
    items: options.map(({ label, detail }, position) => ({
      label: plainText(label),
      ...(detail === null ? {} : { detail: plainText(detail) }),
      position,
    })),
    many,
    chosen: (items) => {
      if (many || items.length > 0) answer(items.map(({ position }) => position));
    },
    hidden,
    reveal,
  });
