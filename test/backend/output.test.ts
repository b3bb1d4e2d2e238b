import assert from 'node:assert/strict';
import { ReadOutput } from '../../backend/protocol/client/index.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import { languageById } from '../../backend/workers/index.ts';
import type { LanguageId } from '../../backend/workers/language.ts';
import { TestSession, TestWorkspace } from '../helpers/backend.ts';

/** Every byte, twice, and what looks like the beginning of a marker. */
const BYTES = Buffer.from([...Array(512).keys()].map((n) => n % 256).concat([0, 0x1e, 0x30, 0x0a]));

const WRITE_BYTES: Record<LanguageId, string> = {
  python: 'import os\nos.write(1, bytes(n % 256 for n in range(512)) + b"\\x00\\x1e0\\n")',
  javascript: 'process.stdout.write(Buffer.from([...Array(512).keys()].map((n) => n % 256).concat([0, 30, 48, 10])))',
};

/**
 * The program itself, a child of it, and a grandchild that the child waits for. JavaScript writes to the descriptor that they share: what
 * `console` prints comes another way, and its place among what others write is not kept.
 */
const FAMILY: Record<LanguageId, string> = {
  python:
    "import subprocess\nprint('own')\nsubprocess.run(['sh', '-c', 'echo child; sh -c \"sleep 0.2; echo grandchild\"'])\nprint('end')",
  javascript:
    "const { writeSync } = require('node:fs')\nwriteSync(1, 'own\\n')\nrequire('node:child_process').execFileSync('sh', ['-c', 'echo child; sh -c \"sleep 0.2; echo grandchild\"'], { stdio: 'inherit' })\nwriteSync(1, 'end\\n'); 0",
};

const ANSI: Record<LanguageId, string> = {
  python: 'for n in (0, 50, 100): print(f"\\x1b[32m{n} %\\x1b[0m", end="\\r")',
  javascript: 'for (const n of [0, 50, 100]) process.stdout.write("\\x1b[32m" + n + " %\\x1b[0m\\r")',
};

/** 100,000 numbered lines, alternately on both streams. */
const LINES: Record<LanguageId, string> = {
  python: 'import sys\nfor n in range(100_000): print(n, file=(sys.stdout, sys.stderr)[n % 2])',
  javascript: 'for (let n = 0; n < 100_000; n++) n % 2 ? console.error(n) : console.log(n)',
};

const posix = process.platform === 'win32' ? it.skip : it;

for (const id of ['python', 'javascript'] as const) {
  describe(`the output of a program: ${languageById(id).label}`, () => {
    let workspace: TestWorkspace;
    let client: BackendClient;
    let session: TestSession;

    before(async () => {
      workspace = await TestWorkspace.make();
      client = await workspace.connect();
      session = await TestSession.open(client, id);
    });
    after(() => workspace.remove());

    const raw = (executionId: string, stream: 'stdout' | 'stderr') =>
      Buffer.concat(
        session.events.flatMap(({ event, payload }) =>
          event.kind === 'output' && event.executionId === executionId && event.stream === stream ? [payload] : [],
        ),
      );

    it('survives as it is, byte for byte, to the client and on disk', async () => {
      const { executionId } = await session.run(WRITE_BYTES[id]);
      assert.deepEqual(raw(executionId, 'stdout'), BYTES);
      const page = { sessionId: session.id, executionId, start: 0, count: 10_000 };
      const { payload } = await client.requestBytes(ReadOutput, page);
      assert.deepEqual(Buffer.from(payload), BYTES);
    });

    it('keeps carriage returns and colours', async () => {
      const { stdout } = await session.run(ANSI[id]);
      assert.equal(stdout, '\x1b[32m0 %\x1b[0m\r\x1b[32m50 %\x1b[0m\r\x1b[32m100 %\x1b[0m\r');
    });

    posix("has its children's and their children's, in order, before it ends (not on Windows: no sh)", async () => {
      const { stdout } = await session.run(FAMILY[id]);
      assert.equal(stdout, 'own\nchild\ngrandchild\nend\n');
    });

    it('is in exact order within each of both streams', async () => {
      const { executionId } = await session.run(LINES[id]);
      for (const [stream, rest] of [
        ['stdout', 0],
        ['stderr', 1],
      ] as const) {
        const expected = Array.from({ length: 50_000 }, (_, n) => `${2 * n + rest}\n`).join('');
        assert.ok(raw(executionId, stream).toString() === expected, `${stream} is not as written`);
      }
    });
  });
}

describe('the output of C code', () => {
  let workspace: TestWorkspace;
  before(async () => {
    workspace = await TestWorkspace.make();
  });
  after(() => workspace.remove());

  posix('belongs to the cell that called it (not on Windows: no libc to load)', async () => {
    const session = await TestSession.open(await workspace.connect(), 'python');
    const { stdout } = await session.run(
      'import ctypes\nlibc = ctypes.CDLL(None)\nprint("before", flush=True)\nlibc.puts(b"from C")\nlibc.fflush(None)\nprint("after")\n1;',
    );
    assert.equal(stdout, 'before\nfrom C\nafter\n');
    const unflushed = await session.run('libc.puts(b"still in the buffer of C");');
    const next = await session.run('1;');
    assert.deepEqual([unflushed.stdout, next.stdout], ['still in the buffer of C\n', '']);
  });
});
