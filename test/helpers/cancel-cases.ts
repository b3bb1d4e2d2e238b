import type { CancelRung, Dialect } from '../../backend/protocol/values.ts';
import type { LanguageId } from '../../backend/workers/language.ts';

/** What a case prints when it is where it should be cancelled. */
export const INSIDE = 'inside';

/**
 * A Python iterator without end that is C all through: what drains it in C holds the interpreter. C prints the text, too: were it printed
 * by a statement before, an interrupt might come in between.
 */
export function endlessInC(printed: string): string {
  const written = `map(__import__("os").write, [1], [b"${printed}\\n"])`;
  return `(lambda them: them.chain(${written}, them.count()))(__import__("itertools"))`;
}

/** A cell that does not end by itself, and how it may end when it is cancelled. */
export interface CancelCase {
  readonly name: string;
  readonly language: LanguageId;
  readonly dialect?: Dialect;
  readonly code: string;
  /** The rungs that may end it. */
  readonly rungs: readonly CancelRung[];
  /**
   * `running`: it prints `INSIDE`. `prompt`: it asks something. `queued`: it waits behind another. `starting`: its session has just
   * been created.
   */
  readonly when: 'running' | 'prompt' | 'queued' | 'starting';
  /** Runs a program that Windows has not. */
  readonly posix: boolean;
}

type Extras = Partial<Pick<CancelCase, 'when' | 'posix' | 'dialect'>>;

/** `→` stands for printing `INSIDE`. */
function python(name: string, rungs: readonly CancelRung[], code: string, extras: Extras = {}): CancelCase {
  const full = code.replaceAll('→', `print("${INSIDE}", flush=True)`);
  return { name, language: 'python', code: full, rungs, when: 'running', posix: false, ...extras };
}

function script(name: string, rungs: readonly CancelRung[], code: string, extras: Extras = {}): CancelCase {
  const full = code.replaceAll('→', `console.log("${INSIDE}")`);
  return { name, language: 'javascript', code: full, rungs, when: 'running', posix: false, ...extras };
}

const INTERRUPT = ['interrupt'] as const;
/** Where the interrupt and the stricter rung race with the cell's own loop. */
const UP_TO_FORCE = ['cooperative', 'interrupt', 'force'] as const;
const posix = { posix: true };

const pythonCases: readonly CancelCase[] = [
  python('while True', INTERRUPT, '→\nwhile True: pass'),
  python('time.sleep', INTERRUPT, 'import time\n→\ntime.sleep(60)'),
  python(
    'bare except around sleep',
    ['force'],
    'import time\nwhile True:\n  try:\n    →\n    time.sleep(30)\n  except: pass',
  ),
  python(
    'KeyboardInterrupt swallowed in a loop',
    ['force'],
    'import time\nwhile True:\n  try:\n    →\n    while True: time.sleep(0.01)\n  except KeyboardInterrupt: pass',
  ),
  python(
    'a finally that loops',
    ['interrupt', 'force'],
    'import time\ntry:\n  →\n  time.sleep(60)\nfinally:\n  while True: time.sleep(0.01)',
  ),
  python(
    'a finalizer that loops',
    ['interrupt', 'force'],
    'class Held:\n  def __del__(self):\n    →\n    while True: pass\nheld = Held()\ndel held',
  ),
  python(
    'a weakref callback that loops',
    ['interrupt', 'force'],
    'import weakref\nclass Seen: pass\ndef gone(_):\n  →\n  while True: pass\nseen = Seen(); ref = weakref.ref(seen, gone)\ndel seen',
  ),
  // Says so from the event loop, as below: by then the cell waits.
  python(
    'await asyncio.sleep',
    ['cooperative'],
    `import asyncio, functools\nasyncio.get_running_loop().call_soon(functools.partial(print, "${INSIDE}", flush=True))\nawait asyncio.sleep(60)`,
  ),
  python(
    'CancelledError swallowed',
    UP_TO_FORCE,
    'import asyncio\nwhile True:\n  try:\n    →\n    await asyncio.sleep(30)\n  except asyncio.CancelledError: pass',
  ),
  python(
    'gather of 500',
    // Five hundred take a moment to make: what comes then is an interrupt, and another one when Python drops it in a finalizer.
    ['cooperative', 'interrupt'],
    'import asyncio\n→\nawait asyncio.gather(*(asyncio.sleep(60) for _ in range(500)))',
  ),
  python(
    'async for without end',
    ['cooperative', 'interrupt'],
    'import asyncio\nasync def ticks():\n  while True:\n    yield await asyncio.sleep(0)\n→\nasync for _ in ticks(): pass',
  ),
  python(
    'a task that holds up the loop',
    INTERRUPT,
    'import asyncio\nasync def hog():\n  →\n  while True: pass\nhogging = asyncio.create_task(hog())\nawait asyncio.sleep(60)',
  ),
  python(
    'asyncio.run in a cell',
    ['cooperative', 'interrupt'],
    'import asyncio\nasync def main():\n  →\n  await asyncio.sleep(60)\nasyncio.run(main())',
  ),
  python('lock.acquire', INTERRUPT, 'import threading\nlock = threading.Lock(); lock.acquire()\n→\nlock.acquire()'),
  python('queue.get', INTERRUPT, 'import queue\n→\nqueue.Queue().get()'),
  python('socket.recv', INTERRUPT, 'import socket\nnear, far = socket.socketpair()\n→\nnear.recv(1)'),
  python(
    'select',
    INTERRUPT,
    'import select, socket\nnear, far = socket.socketpair()\n→\nselect.select([near], [], [])',
  ),
  python('subprocess.run', ['interrupt', 'children'], 'import subprocess\n→\nsubprocess.run(["sleep", "60"])', posix),
  python('os.system', ['interrupt', 'children'], 'import os\n→\nos.system("sleep 60")', posix),
  python(
    'a child that ignores the interrupt',
    ['children'],
    'import os\nos.system("trap : INT; echo inside; while :; do sleep 60; done")',
    posix,
  ),
  python(
    'a multiprocessing child',
    ['interrupt', 'children'],
    'import multiprocessing, time\nchild = multiprocessing.get_context("fork").Process(target=time.sleep, args=(60,))\nchild.start()\n→\nchild.join()',
    posix,
  ),
  // It holds the interpreter, yet serves the signal that the backend sends at this rung.
  python('a catastrophic regexp', INTERRUPT, 'import re\n→\nre.match(r"(a+)+$", "a" * 40 + "b")'),
  python('sum without end', ['kill'], `sum(${endlessInC(INSIDE)})`),
  // Multiplication of huge numbers serves signals too, now and then.
  python('10 ** 10 ** 8', ['interrupt', 'force', 'kill'], 'n = 10**8\n→\n10 ** n'),
  python(
    'sleep in C with the interpreter held',
    ['interrupt', 'kill'],
    'import ctypes\nlibc = ctypes.PyDLL(None)\n→\nlibc.sleep(60)',
    posix,
  ),
  python(
    'an iterator that C code drains',
    ['kill'],
    `import collections\ncollections.deque(${endlessInC(INSIDE)}, maxlen=0)`,
  ),
  python(
    'a flood on both streams',
    INTERRUPT,
    'import sys\n→\nwhile True:\n  print("o" * 100)\n  print("e" * 100, file=sys.stderr)',
  ),
  python('input', ['cooperative'], 'input("? ")', { when: 'prompt' }),
  python('queued', ['queued'], '1', { when: 'queued' }),
  python('starting', ['queued', ...UP_TO_FORCE], 'import time\ntime.sleep(60)', { when: 'starting' }),
  python(
    'recursion that goes on after RecursionError',
    // Where the stack ends there may be no room for the handler of the interrupt: one of the next finds some.
    ['interrupt', 'force'],
    'def deeper():\n  try: deeper()\n  except RecursionError: deeper()\n→\ndeeper()',
  ),
  python('a generator loop', INTERRUPT, 'def ticks():\n  while True: yield\n→\nfor _ in ticks(): pass'),
  python('an endless repr', INTERRUPT, 'class Shown:\n  def __repr__(self):\n    →\n    while True: pass\nShown()'),
];

const scriptCases: readonly CancelCase[] = [
  script('while (true)', INTERRUPT, '→; while (true) {}'),
  script('typed while (true)', INTERRUPT, 'let turns: number = 0; →; while (true) turns++', { dialect: 'typescript' }),
  // Says so from the event loop: by then the cell waits.
  script('an await that never settles', ['cooperative'], 'setImmediate(() => →); await new Promise(() => {})'),
  script(
    'a loop of timers',
    ['cooperative', 'interrupt'],
    '→; for (;;) await new Promise((resolve) => setTimeout(resolve, 1))',
  ),
  script('a timer that never returns', INTERRUPT, 'setTimeout(() => { →; for (;;); }); await new Promise(() => {})'),
  script('a catastrophic regexp', INTERRUPT, '→; /^(a+)+$/.test("a".repeat(40) + "b")'),
  script('Atomics.wait', INTERRUPT, '→; Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)'),
  script(
    'a wasm loop',
    INTERRUPT,
    // (module (func (export "f") (loop (br 0))))
    'const wasm = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array([0,97,115,109,1,0,0,0,1,4,1,96,0,0,3,2,1,0,7,5,1,1,102,0,0,10,9,1,7,0,3,64,12,0,11,11]))); →; wasm.exports.f()',
  ),
  script(
    'a native sort of millions',
    ['interrupt', 'kill'],
    'const many = Array.from({ length: 6e6 }, () => Math.random()); →; many.sort()',
  ),
  script(
    'pbkdf2Sync',
    ['kill'],
    'const { pbkdf2Sync } = require("node:crypto"); →; pbkdf2Sync("a", "b", 1e9, 64, "sha512")',
  ),
  script(
    'execSync',
    ['children'],
    'require("node:child_process").execSync("echo inside; sleep 60", { stdio: "inherit" })',
    posix,
  ),
  script(
    'readSync of a pipe that stays empty',
    ['interrupt', 'kill'],
    'const fs = require("node:fs"); const pipe = "pipe-" + process.pid; require("node:child_process").execSync("mkfifo " + pipe); const fd = fs.openSync(pipe, "r+"); →; fs.readSync(fd, Buffer.alloc(1))',
    posix,
  ),
  script(
    'a flood on both streams',
    INTERRUPT,
    '→; for (;;) { console.log("o".repeat(100)); console.error("e".repeat(100)) }',
  ),
  script('await input', ['cooperative'], 'setImmediate(() => →); await input("? ")'),
  script('a blocking prompt', INTERRUPT, 'prompt("? ")', { when: 'prompt' }),
  script('queued', ['queued'], '1', { when: 'queued' }),
  script('starting', ['queued', ...UP_TO_FORCE], 'for (;;);', { when: 'starting' }),
  script('a loop of microtasks', INTERRUPT, '→; await (async () => { for (;;) await null })()'),
  script('errors swallowed in a loop', INTERRUPT, '→; for (;;) { try { for (;;); } catch {} }'),
  script('a finally that loops', INTERRUPT, '→; for (;;) { try { for (;;); } finally { continue } }'),
  script('a generator loop', INTERRUPT, 'function* ticks() { for (;;) yield 1 } →; for (const tick of ticks());'),
  script(
    'for await without end',
    ['cooperative', 'interrupt'],
    '→; for await (const tick of (async function* () { for (;;) yield 1 })());',
  ),
  script(
    'recursion that goes on after RangeError',
    INTERRUPT,
    'function deeper() { try { deeper() } catch { deeper() } } →; deeper()',
  ),
  script(
    'JSON.parse of a huge text',
    INTERRUPT,
    'const text = "[" + "1,".repeat(3e6) + "1]"; →; for (;;) JSON.parse(text)',
  ),
  script(
    'a worker thread that never answers',
    ['cooperative'],
    'const { Worker } = require("node:worker_threads"); const other = new Worker("for (;;);", { eval: true }); setImmediate(() => →); await new Promise((resolve) => other.on("exit", resolve))',
  ),
  script(
    'an endless getter of the value',
    INTERRUPT,
    '({ [Symbol.for("nodejs.util.inspect.custom")]() { →; for (;;); } })',
  ),
];

/** Every case, language by language. */
export const cancelCases: readonly CancelCase[] = [...pythonCases, ...scriptCases];
