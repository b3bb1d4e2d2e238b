import { readFile } from 'node:fs/promises';

/** The end of a server log, without the stack traces about a native logger that the headless VS Code does without. */
export async function logTail(file: string, lines = 60): Promise<string> {
  const text = await readFile(file, 'utf8');
  const kept = text
    .replaceAll(/^Error: Could not locate the bindings file[\s\S]*?^}$/gm, '')
    .split('\n')
    .filter((line) => line.trim());
  return kept.slice(-lines).join('\n');
}
