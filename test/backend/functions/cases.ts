import type { LanguageId } from '../../../backend/workers/language.ts';

type Each<T> = Readonly<Record<LanguageId, T>>;

/** A call of a function of the standard set, what the worker asks for it, and what the program gets of an answer. */
export interface Case {
  readonly name: string;
  /** Sync in Python, awaited in JavaScript. */
  readonly code: Each<string>;
  readonly capability: string;
  readonly parameters: object;
  /** Bytes that come with the request. */
  readonly sent?: string;
  readonly value: unknown;
  /** Bytes that come with the answer. */
  readonly payload?: string;
  readonly text: Each<string | null>;
}

const fetched = {
  status: 201,
  statusText: 'Created',
  url: 'http://a/b',
  headers: [
    ['X-Made', 'yes'],
    ['x-made', 'no'],
  ],
};
const ended = { exitCode: 1, signal: null, stdoutBytes: 3, truncated: false };
const shellDefaults = { cwd: '/tmp', env: {}, timeoutSeconds: null, show: true };
const NOTHING = { python: null, javascript: null };
const both = (text: string) => ({ python: text, javascript: text });

export const cases: readonly Case[] = [
  {
    name: 'read_file',
    code: { python: 'read_file("/a/../b")', javascript: 'await readFile("/a/../b")' },
    capability: 'read_file',
    parameters: { path: '/a/../b' },
    value: null,
    payload: 'hällo\r\n',
    text: both("'hällo\\r\\n'"),
  },
  {
    name: 'read_file of a relative path, as bytes',
    code: { python: 'read_file("b", None)', javascript: 'await readFile("b", null)' },
    capability: 'read_file',
    parameters: { path: '/tmp/b' },
    value: null,
    payload: 'ab',
    text: { python: "b'ab'", javascript: 'Uint8Array(2) [ 97, 98 ]' },
  },
  {
    name: 'read_file in an encoding',
    code: { python: 'read_file("/b", "utf-16-le")', javascript: 'await readFile("/b", "utf-16le")' },
    capability: 'read_file',
    parameters: { path: '/b' },
    value: null,
    payload: 'a\0b\0',
    text: both("'ab'"),
  },
  {
    name: 'write_file',
    code: { python: 'write_file("/b", "hällo")', javascript: 'await writeFile("/b", "hällo")' },
    capability: 'write_file',
    parameters: { path: '/b' },
    sent: 'hällo',
    value: null,
    text: NOTHING,
  },
  {
    name: 'write_file of bytes',
    code: {
      python: 'write_file("/b", bytearray(b"ab"))',
      javascript: 'await writeFile("/b", new Uint16Array([25185]).subarray(0))',
    },
    capability: 'write_file',
    parameters: { path: '/b' },
    sent: 'ab',
    value: null,
    text: NOTHING,
  },
  {
    name: 'list_files',
    code: { python: 'list_files("data", "**/*.csv")', javascript: 'await listFiles("data", "**/*.csv")' },
    capability: 'list_files',
    parameters: { folder: '/tmp/data', pattern: '**/*.csv' },
    value: null,
    payload: '["a.csv","sub/b.csv"]',
    text: { python: "['data/a.csv', 'data/sub/b.csv']", javascript: "[ 'data/a.csv', 'data/sub/b.csv' ]" },
  },
  {
    name: 'list_files of the current folder',
    code: { python: 'list_files()', javascript: 'await listFiles()' },
    capability: 'list_files',
    parameters: { folder: '/tmp/.', pattern: '*' },
    value: null,
    payload: '["a.csv"]',
    text: { python: "['a.csv']", javascript: "[ 'a.csv' ]" },
  },
  {
    name: 'shell',
    code: {
      python: 'r = shell("ls")\nr.exit_code, r.ok, r.stdout, r.stderr, r.truncated',
      javascript: 'await shell("ls")',
    },
    capability: 'shell',
    parameters: { command: 'ls', ...shellDefaults },
    value: ended,
    payload: 'outerr',
    text: {
      python: "(1, False, 'out', 'err', False)",
      javascript: "{ ok: false, exitCode: 1, signal: null, stdout: 'out', stderr: 'err', truncated: false }",
    },
  },
  {
    name: 'shell with everything',
    code: {
      python: 'r = shell(["a", "b c"], cwd="sub", env={"X": "1"}, input=b"in", timeout=1.5, show=False)\nr.signal',
      javascript:
        '(await shell(["a", "b c"], { cwd: "sub", env: { X: "1" }, input: "in", timeout: 1500, show: false })).signal',
    },
    capability: 'shell',
    parameters: { command: ['a', 'b c'], cwd: '/tmp/sub', env: { X: '1' }, timeoutSeconds: 1.5, show: false },
    sent: 'in',
    value: { ...ended, exitCode: null, signal: 'SIGTERM' },
    text: both("'SIGTERM'"),
  },
  {
    name: 'env',
    code: { python: 'env("A")', javascript: 'await env("A")' },
    capability: 'env',
    parameters: { name: 'A' },
    value: 'x',
    text: both("'x'"),
  },
  {
    name: 'env of what is not there',
    code: { python: 'env("A", "else")', javascript: 'await env("A", "else")' },
    capability: 'env',
    parameters: { name: 'A' },
    value: null,
    text: both("'else'"),
  },
  {
    name: 'store.get',
    code: { python: 'store.get("a")', javascript: 'await store.get("a")' },
    capability: 'store',
    parameters: { operation: 'get', key: 'a' },
    value: true,
    payload: '[1,null]',
    text: { python: '[1, None]', javascript: '[ 1, null ]' },
  },
  {
    name: 'store.get of what is not there',
    code: { python: 'store.get("a", 7)', javascript: 'await store.get("a", 7)' },
    capability: 'store',
    parameters: { operation: 'get', key: 'a' },
    value: false,
    text: both('7'),
  },
  {
    name: 'store.set',
    code: { python: 'store["a"] = {"x": [1, None, "é"]}', javascript: 'await store.set("a", { x: [1, null, "é"] })' },
    capability: 'store',
    parameters: { operation: 'set', key: 'a' },
    sent: '{"x":[1,null,"é"]}',
    value: null,
    text: NOTHING,
  },
  {
    name: 'store.delete',
    code: { python: 'store.delete("a")', javascript: 'await store.delete("a")' },
    capability: 'store',
    parameters: { operation: 'delete', key: 'a' },
    value: true,
    text: { python: 'True', javascript: 'true' },
  },
  {
    name: 'store.keys',
    code: { python: 'store.keys()', javascript: 'await store.keys()' },
    capability: 'store',
    parameters: { operation: 'keys' },
    value: null,
    payload: '["a","b"]',
    text: { python: "['a', 'b']", javascript: "[ 'a', 'b' ]" },
  },
  {
    name: 'notify',
    code: { python: 'notify("Half", "warning")', javascript: 'await notify("Half", "warning")' },
    capability: 'notify',
    parameters: { message: 'Half', level: 'warning' },
    value: null,
    text: NOTHING,
  },
  {
    name: 'input',
    code: { python: 'input("Name?")', javascript: 'await input("Name?")' },
    capability: 'input',
    parameters: { prompt: 'Name?', secret: false },
    value: 'Ada',
    text: both("'Ada'"),
  },
  {
    name: 'a secret',
    code: { python: 'getpass("Key?")', javascript: 'await input("Key?", { secret: true })' },
    capability: 'input',
    parameters: { prompt: 'Key?', secret: true },
    value: 's',
    text: both("'s'"),
  },
  {
    name: 'approve',
    code: { python: 'approve("Go?")', javascript: 'await approve("Go?")' },
    capability: 'approve',
    parameters: { title: 'Go?', detail: null, diff: null },
    value: true,
    text: { python: 'True', javascript: 'true' },
  },
  {
    name: 'choose',
    code: { python: 'choose("Which?", ["a", 7])', javascript: 'await choose("Which?", ["a", 7])' },
    capability: 'choose',
    parameters: {
      prompt: 'Which?',
      options: [
        { label: 'a', detail: null },
        { label: '7', detail: null },
      ],
      many: false,
    },
    value: [1],
    text: both('7'),
  },
  {
    name: 'pick_file',
    code: { python: 'pick_file("One")', javascript: 'await pickFile("One")' },
    capability: 'pick_file',
    parameters: { prompt: 'One', select: 'file', filters: {}, folder: null },
    value: ['/a'],
    text: both("'/a'"),
  },
  {
    name: 'review',
    code: { python: 'review("text", "Ok?")', javascript: 'await review("text", { prompt: "Ok?" })' },
    capability: 'review',
    parameters: { prompt: 'Ok?', text: 'text', language: null },
    value: 'other',
    text: both("'other'"),
  },
];

/** In JavaScript the global `fetch` is the platform's own. */
export const pythonCases: readonly Case[] = [
  {
    name: 'fetch',
    code: {
      python:
        'r = fetch("http://a", "POST", {"X-A": 1}, "böd", timeout=2)\n' +
        'r.status, r.status_text, r.ok, r.url, r.headers["X-MADE"], r.headers.all("x-made"), r.json(), r.text(), r.content',
      javascript: '',
    },
    capability: 'fetch',
    parameters: { url: 'http://a', method: 'POST', headers: [['X-A', '1']], timeoutSeconds: 2 },
    sent: 'böd',
    value: fetched,
    payload: '{"n": 1}',
    text: {
      python: "(201, 'Created', True, 'http://a/b', 'yes, no', ['yes', 'no'], {'n': 1}, '{\"n\": 1}', b'{\"n\": 1}')",
      javascript: null,
    },
  },
];

/** The same call in the form that Python awaits; null where it has none. */
export function awaited(python: string): string | null {
  const call = /^(?<before>(?:r = )?)(?<name>[a-z_]+(?:\.[a-z]+)?)\((?<rest>(?:.|\n)*)$/.exec(python)?.groups;
  return call ? `${call['before']}await ${call['name']}.aio(${call['rest']}` : null;
}
