import type { LanguageId } from '../../../backend/workers/language.ts';

/** Golden lines of one cell: the same in every language, or told for each. */
export type Expected = readonly string[] | Readonly<Record<LanguageId, readonly string[]>>;

/** Cells of one case, run one after the other in one session, in each language. A new language has to add its own to every case. */
export interface Case {
  readonly name: string;
  readonly cells: Readonly<Record<LanguageId, readonly string[]>>;
  /** Golden: the lines of `Transcript.lines` of each cell. Output that is not named here fails the case. */
  readonly expected: readonly Expected[];
  readonly answers?: readonly string[];
  /** The last cell is cancelled once it has printed this. */
  readonly cancelWhen?: string;
}

const ERROR: Expected = { python: ['error ValueError'], javascript: ['error RangeError'] };

/** THE list that every language must pass. */
export const cases: readonly Case[] = [
  {
    name: 'the value of the last expression',
    cells: { python: ['6 * 7'], javascript: ['6 * 7'] },
    expected: [['=> 42']],
  },
  {
    name: 'no value for a statement',
    cells: { python: ['a = 1'], javascript: ['const a = 1'] },
    expected: [[]],
  },
  {
    name: 'variables live on in the next cell',
    cells: { python: ['a = 20', 'b = a + 1', 'a + b + 1'], javascript: ['const a = 20', 'let b = a + 1', 'a + b + 1'] },
    expected: [[], [], ['=> 42']],
  },
  {
    name: 'a definition can be replaced',
    cells: {
      python: ['def f(): return 1', 'def g(): return f()', 'def f(): return 2', 'g()'],
      javascript: ['function f() { return 1 }', 'function g() { return f() }', 'function f() { return 2 }', 'g()'],
    },
    expected: [[], [], [], ['=> 2']],
  },
  {
    name: 'output on both streams, then the value',
    cells: {
      python: ['import sys\nprint("one")\nprint("two", file=sys.stderr)\nprint("three")\n4'],
      javascript: ['console.log("one")\nconsole.error("two")\nconsole.log("three")\n4'],
    },
    expected: [['out one', 'out three', 'err two', '=> 4']],
  },
  {
    name: 'output of a child process before the result',
    cells: {
      python: [
        'import subprocess\nprint("before", flush=True)\nsubprocess.run("echo child; echo oops >&2", shell=True).returncode',
      ],
      javascript: [
        'require("fs").writeSync(1, "before\\n")\nrequire("child_process").spawnSync("echo child; echo oops >&2", { shell: true, stdio: "inherit" }).status',
      ],
    },
    expected: [['out before', 'out child', 'err oops', '=> 0']],
  },
  {
    name: 'an error, and the session goes on',
    cells: {
      python: ['a = 1', 'raise ValueError("no")', 'a'],
      javascript: ['const a = 1', 'throw new RangeError("no")', 'a'],
    },
    expected: [[], ERROR, ['=> 1']],
  },
  {
    name: 'a syntax error leaves the namespace as it was',
    cells: { python: ['a = 1', 'a = 2\nb = = 3', 'a'], javascript: ['let a = 1', 'a = 2\nlet b = = 3', 'a'] },
    expected: [[], ['error SyntaxError'], ['=> 1']],
  },
  {
    name: 'a failed cell removes nothing',
    cells: {
      python: ['a = 1\nb = 2', 'c = 3\nraise ValueError()\nd = 4', 'a + b + c'],
      javascript: ['const a = 1\nlet b = 2', 'var c = 3\nthrow new RangeError()\nvar d = 4', 'a + b + c'],
    },
    expected: [[], ERROR, ['=> 6']],
  },
  {
    name: 'top-level await',
    cells: {
      python: ['import asyncio\nx = await asyncio.sleep(0.01, 5)\nx * 2', 'x'],
      javascript: ['const x = await new Promise((done) => setTimeout(done, 10, 5))\nx * 2', 'x'],
    },
    expected: [['=> 10'], ['=> 5']],
  },
  {
    name: 'a question, and its answer',
    cells: {
      python: ['name = input("Who? ")\nf"Hello {name}"', 'len(name)'],
      javascript: ['const name = await input("Who? ")\nconsole.log("Hello " + name)', 'name.length'],
    },
    answers: ['Ada'],
    expected: [{ python: ["=> 'Hello Ada'"], javascript: ['out Hello Ada'] }, ['=> 3']],
  },
  {
    name: 'an endless loop is cancelled and the variables are still there',
    cells: {
      python: ['a = 7', 'print("go", flush=True)\nwhile True: pass', 'a'],
      javascript: ['const a = 7', 'console.log("go")\nfor (;;) {}', 'a'],
    },
    cancelWhen: 'go',
    expected: [[], ['out go', 'cancelled'], ['=> 7']],
  },
  {
    name: 'an endless await is cancelled and the variables are still there',
    cells: {
      python: ['a = 7', 'import asyncio\nprint("go", flush=True)\nawait asyncio.Event().wait()', 'a'],
      javascript: ['const a = 7', 'console.log("go")\nawait new Promise(() => {})', 'a'],
    },
    cancelWhen: 'go',
    expected: [[], ['out go', 'cancelled'], ['=> 7']],
  },
  {
    name: 'a question that waits is cancelled',
    cells: {
      python: ['a = 7', 'print("go", flush=True)\ninput("?")', 'a'],
      javascript: ['const a = 7', 'console.log("go")\nawait input("?")', 'a'],
    },
    cancelWhen: 'go',
    expected: [[], ['out go', 'cancelled'], ['=> 7']],
  },
  {
    name: 'text of every plane, and carriage returns, come through',
    cells: {
      python: ['print("é 漢 🎉\\r50%\\r100%")', '"🎉"'],
      javascript: ['console.log("é 漢 🎉\\r50%\\r100%")', '"🎉"'],
    },
    expected: [['out é 漢 🎉\r50%\r100%'], ["=> '🎉'"]],
  },
  {
    name: 'Windows line ends and a byte order mark',
    cells: { python: ['\ufeffa = 1\r\nb = 2\r\na + b'], javascript: ['\ufeffconst a = 1\r\nconst b = 2\r\na + b'] },
    expected: [['=> 3']],
  },
  {
    name: 'an empty cell',
    cells: { python: ['', '# only this', '1'], javascript: ['', '// only this', '1'] },
    expected: [[], [], ['=> 1']],
  },
  {
    name: 'the last values have names that user code cannot take',
    cells: { python: ['41', '_ + 1', '_ = 0', '_'], javascript: ['41', '_ + 1', '_ = 0; undefined', '_'] },
    expected: [['=> 41'], ['=> 42'], [], ['=> 42']],
  },
  {
    name: 'leaving the program ends the cell and not the session',
    cells: {
      python: ['a = 7', 'import sys\nsys.exit(3)', 'a'],
      javascript: ['const a = 7', 'process.exit(3)', 'a'],
    },
    expected: [[], { python: ['error SystemExit'], javascript: ['error ExitError'] }, ['=> 7']],
  },
];
