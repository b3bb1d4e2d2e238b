import * as z from 'zod';
import { AbsolutePath } from './absolute-path.ts';
import { performed } from './performed.ts';
import { findExecutable } from './shell/executable.ts';
import { runCommand } from './shell/run-command.ts';

const Text = z
  .string()
  .max(200_000)
  .refine((text) => !text.includes('\0'), 'A command holds no NUL character.');
const Argv = z.array(Text).min(1, 'The command is empty.').max(10_000);

const category = 'subprocess';
const Params = z.strictObject({
  /** A text is for the system's shell, a list is a program with its arguments. */
  command: z.union(
    [Text.min(1, 'The command is empty.'), Argv],
    'The command is a text, or a list of texts that is not empty.',
  ),
  cwd: AbsolutePath,
  /** Added to the environment; null takes a variable out. */
  env: z.record(z.string().min(1).max(1000), z.string().max(200_000).nullable()),
  timeoutSeconds: z.number().positive().max(1_000_000).nullable(),
  /** Whether what it writes is shown as it comes. */
  show: z.boolean(),
});

/**
 * Runs a command to its end. Payload: its standard input; in the answer what it wrote on standard output, then on standard error.
 * It is killed, with all that it has started, when the program that waits for it is cancelled.
 */
export const shell = performed<typeof Params>({
  kind: 'streaming',
  name: 'shell',
  category,
  params: Params,
  effects: async ({ command, cwd, env }, started) => {
    const [called = '', ...rest] = argvOf(command);
    // What cannot be started is judged by its name, and fails then.
    const program = await findExecutable(called, cwd, merged(started, env)).catch(() => called);
    return [{ category, operation: 'shell', argv: [program, ...rest], cwd }];
  },
  perform: async ({ command, cwd, env, timeoutSeconds, show }, context, payload) => {
    const { exitCode, signal, stdout, stderr, truncated } = await runCommand({
      argv: argvOf(command),
      verbatim: typeof command === 'string',
      cwd,
      env: merged(context.env, env),
      input: payload,
      timeoutSeconds,
      signal: context.signal,
      output: async (stream, bytes) => (show ? context.output(stream, bytes) : undefined),
    });
    return {
      value: { exitCode, signal, stdoutBytes: stdout.length, truncated },
      payload: Buffer.concat([stdout, stderr]),
    };
  },
});

function argvOf(command: string | string[]): string[] {
  if (typeof command !== 'string') return command;
  if (process.platform !== 'win32') return ['/bin/sh', '-c', command];
  return [process.env['ComSpec'] ?? 'cmd.exe', '/d', '/s', '/c', `"${command}"`];
}

function merged(env: NodeJS.ProcessEnv, changes: Readonly<Record<string, string | null>>): NodeJS.ProcessEnv {
  const result = { ...env };
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) delete result[name];
    else result[name] = value;
  }
  return result;
}
