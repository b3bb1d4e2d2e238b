import { readFile } from 'node:fs/promises';

/** What the headless VS Code says of parts that it does without. */
const NOISE = /^File not found: .*vsda|reconnection-grace-time|AgentHostChannel/;

/** The end of a server log, without the stack traces about a native logger that the headless VS Code does without. */
export async function logTail(file: string, lines = 60): Promise<string> {
  const text = await readFile(file, 'utf8');
  const kept = text
    .replaceAll(/^Error: Could not locate the bindings file[\s\S]*?^}$/gm, '')
    .split('\n')
    .filter((line) => line.trim() && !NOISE.test(line));
  return kept.slice(-lines).join('\n');
}
