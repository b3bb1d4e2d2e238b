import type { Words } from '../../../extension/platform/words.ts';

/** Messages as they are written, with their places filled: what VS Code does where there is no translation. */
export const english: Words = {
  t: (message, ...args) => message.replace(/\{(\d+)\}/g, (place, index) => String(args[Number(index)] ?? place)),
};
