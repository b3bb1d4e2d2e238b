/** The only kinds of links that leave the page; never `command:`, `file:`, `javascript:` or `vscode:`. */
const SCHEMES = new Set(['http:', 'https:', 'mailto:']);

/** The link as it will be opened, or null when it must not be: a program made it. */
export function checkedLink(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const parsed = new URL(url);
  if (!SCHEMES.has(parsed.protocol)) return null;
  // What looks like one site and leads to another: https://bank.example@evil.example
  if (parsed.username !== '' || parsed.password !== '') return null;
  return parsed.href;
}
