/** Characters of a preview. */
export const MAX_PREVIEW = 200;

/** On one line, and not too long. */
export function line(text: string): string {
  let flat = '';
  const end = text.length > MAX_PREVIEW ? MAX_PREVIEW - 1 : text.length;
  for (let i = 0; i < end; i++) {
    const code = text[i] as string;
    flat += code < ' ' ? ' ' : code;
  }
  return text.length > MAX_PREVIEW ? `${flat}…` : flat;
}
