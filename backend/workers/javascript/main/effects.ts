import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bytesOf, decode, jsonParse } from './bytes.ts';
import type { Capabilities } from './capabilities.ts';
import { OwnEnvironment } from './own-environment.ts';
import { apply, isArray, NativeString } from './primordials.ts';

// Taken before user code can replace them.
const { isAbsolute, join } = path;
const { cwd } = process;
const NativeURL = URL;
const toPath = fileURLToPath;
const NativeTypeError = TypeError;
const CAPABILITY = /^[a-z][a-z_]{0,63}$/;
const { test } = CAPABILITY;

type Path = string | URL;
type Content = string | ArrayBuffer | ArrayBufferView;

interface ShellOptions {
  readonly cwd?: Path;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: Content;
  /** Milliseconds. */
  readonly timeout?: number;
  readonly show?: boolean;
}

/** What the host does for user code, once it is allowed. `fetch` stays the platform's own. */
export function effectFunctions(capabilities: Capabilities) {
  const own = new OwnEnvironment();
  return {
    readFile: async (file: Path, encoding: string | null = 'utf-8') => {
      const { payload } = await capabilities.call('read_file', { path: absolute(file) });
      return encoding === null ? payload : decode(payload, encoding);
    },
    writeFile: async (file: Path, content: Content) => {
      await capabilities.call('write_file', { path: absolute(file) }, bytesOf(content, 'The content'));
    },
    listFiles: async (folder: Path = '.', pattern = '*') => {
      const given = folder instanceof NativeURL ? toPath(folder) : text(folder);
      const { payload } = await capabilities.call('list_files', { folder: absolute(folder), pattern: text(pattern) });
      const names = jsonParse(payload) as string[];
      const files: string[] = [];
      for (let i = 0; i < names.length; i++) files[i] = join(given, names[i] as string);
      return files;
    },
    shell: async (command: string | readonly string[], options: ShellOptions = {}) => {
      const { value, payload } = await capabilities.call(
        'shell',
        {
          command: isArray(command) ? texts(command) : text(command),
          cwd: options.cwd === undefined ? cwd() : absolute(options.cwd),
          env: { ...own.changes(), ...texted(options.env) },
          timeoutSeconds: options.timeout === undefined ? null : options.timeout / 1000,
          show: options.show !== false,
        },
        options.input === undefined ? null : bytesOf(options.input, 'The input'),
      );
      const { exitCode, signal, stdoutBytes, truncated } = value as {
        exitCode: number | null;
        signal: string | null;
        stdoutBytes: number;
        truncated: boolean;
      };
      return {
        ok: exitCode === 0,
        exitCode,
        signal,
        stdout: decode(payload, 'utf-8', 0, stdoutBytes),
        stderr: decode(payload, 'utf-8', stdoutBytes),
        truncated,
      };
    },
    /** Asks another extension of the editor for what it offers under that name. */
    capability: async (name: string, parameters: Readonly<Record<string, unknown>> = {}) => {
      const wanted = text(name);
      if (!(apply(test, CAPABILITY, [wanted]) as boolean)) {
        throw new NativeTypeError(`“${wanted}” is not the name of a capability: small letters and _, at most 64.`);
      }
      return capabilities.request(wanted, { ...parameters } as Parameters<Capabilities['request']>[1]);
    },
    env: async (name: string, otherwise?: string) => {
      const wanted = text(name);
      const changed = own.change(wanted);
      if (changed !== undefined) return changed ?? otherwise;
      return ((await capabilities.request('env', { name: wanted })) as string | null) ?? otherwise;
    },
  };
}

function absolute(file: Path): string {
  const given = file instanceof NativeURL ? toPath(file) : text(file);
  // Not `resolve`: `..` behind a link leads elsewhere than it looks.
  return isAbsolute(given) ? given : `${cwd()}${path.sep}${given}`;
}

function text(value: unknown): string {
  return `${value as string}`;
}

function texts(values: readonly unknown[]): string[] {
  const result: string[] = [];
  for (let i = 0; i < values.length; i++) result[i] = text(values[i]);
  return result;
}

function texted(env: Readonly<Record<string, unknown>> = {}): Record<string, string> {
  const result: Record<string, string> = {};
  for (const name in env) result[name] = NativeString(env[name]);
  return result;
}
