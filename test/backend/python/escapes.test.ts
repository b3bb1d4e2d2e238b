import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { landlock } from '../../../backend/workers/python/landlock.ts';
import { DENIED, GatedSession } from './gated.ts';
import { interpreters } from './session.ts';

type Verdict = 'asked' | 'stopped' | 'through';

interface Escape {
  readonly name: string;
  readonly code: string;
  /** What the gate does with it, and what the floor does when there is no gate. */
  readonly gate: Verdict;
  readonly floor: Verdict;
  /** `alone`: it may end the worker, which gives it nothing. */
  readonly note: string | null;
}

const folder = path.join(import.meta.dirname, '../../fixtures/escapes/python');
const docs = path.join(import.meta.dirname, '../../../docs/capabilities.md');

async function escapes(): Promise<readonly Escape[]> {
  const names = (await readdir(folder)).filter((file) => file.endsWith('.py')).sort();
  return Promise.all(
    names.map(async (file) => {
      const code = await readFile(path.join(folder, file), 'utf8');
      const [, gate, floor, note] = /^# gate: (\w+); floor: (\w+)(?:; (alone|held by 3\.9))?\n/.exec(code) ?? [];
      assert(gate && floor, `${file} says in its first line what is expected`);
      const { name } = path.parse(file);
      return { name, code, gate: gate as Verdict, floor: floor as Verdict, note: note ?? null };
    }),
  );
}

const all = await escapes();
const pythons = await interpreters();

/** The rows of the table in docs/capabilities.md: what passes the gate, and whether the floor stops it. */
async function listed(): Promise<Record<string, string>> {
  const text = await readFile(docs, 'utf8');
  const rows = [...text.matchAll(/^\| `(\w+)` \|.*\| (stopped|not held) \|$/gm)];
  return Object.fromEntries(rows.map(([, name = '', floor = '']) => [name, floor]));
}

describe('what Python code does to get past the gate', () => {
  it('is at least 35 ways, and what passes is written down, and nothing else', async () => {
    assert.ok(all.length >= 35, `${all.length} escapes`);
    const passing = all.filter(({ gate }) => gate === 'through');
    assert.deepEqual(
      await listed(),
      Object.fromEntries(passing.map(({ name, floor }) => [name, floor === 'stopped' ? 'stopped' : 'not held'])),
    );
  });

  for (const interpreter of pythons) {
    describe(`on Python ${interpreter.version}`, () => {
      let server: http.Server;
      let bystander: ChildProcess;
      before(async () => {
        server = http.createServer((request, response) => {
          const { port } = server.address() as AddressInfo;
          const redirect = request.url === '/redirect';
          response.writeHead(redirect ? 302 : 200, redirect ? { location: `http://127.0.0.1:${port}/` } : {}).end();
        });
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
        bystander = spawn('sleep', ['1000'], { detached: true });
        await once(bystander, 'spawn');
      });
      after(async () => {
        bystander.kill('SIGKILL');
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      });

      for (const [kind, start] of [
        ['gate', () => GatedSession.start(interpreter, ENV)],
        ['floor', () => GatedSession.startHeld(interpreter, ENV)],
      ] as const) {
        describe(`the ${kind}`, () => {
          let shared: Attempts;
          before(async function () {
            const problem = kind === 'floor' ? await landlock.problem(interpreter, process.env) : null;
            if (problem !== null) {
              (this.test?.parent as { title: string }).title = `the floor (not tried: ${problem})`;
              this.skip();
            }
            shared = await Attempts.begin(start);
          });
          after(() => shared?.end());

          for (const way of all) {
            it(`${way.name}: ${way[kind]}`, async () => {
              const { port } = server.address() as AddressInfo;
              const code = `port, bystander = ${port}, ${bystander.pid}; ${way.code.replace(/^# gate.*\n/, '\n')}`;
              // What gets through may have taken the gate away for good.
              const alone = way[kind] === 'through' || way.note === 'alone';
              const own = alone ? await Attempts.begin(start) : null;
              const held = way.note === 'held by 3.9' && interpreter.version.startsWith('3.9.');
              try {
                const { verdict, detail } = await (own ?? shared).attempt(code, way.note === 'alone');
                assert.equal(verdict, held && kind === 'gate' ? 'asked' : way[kind], detail);
              } finally {
                await own?.end();
              }
            });
          }
        });
      }
    });
  }
});

const ENV = { ...process.env, HOLD_SECRET: 'hidden' };

/** A session with a folder beside its workspace, in which are things to get at. */
class Attempts {
  readonly #gated: GatedSession;
  readonly #socket = net.createServer((socket) => socket.end());

  private constructor(gated: GatedSession) {
    this.#gated = gated;
  }

  static async begin(start: () => Promise<GatedSession>): Promise<Attempts> {
    const gated = await start();
    const { elsewhere } = gated;
    await mkdir(path.join(elsewhere, 'tree'));
    for (const [name, content] of [
      ['victim.txt', 'victim'],
      ['module.py', 'x = 42'],
      ['tree/leaf.txt', ''],
    ] as const) {
      await writeFile(path.join(elsewhere, name), content);
    }
    const attempts = new Attempts(gated);
    await new Promise<void>((resolve) => attempts.#socket.listen(path.join(elsewhere, 'socket'), resolve));
    return attempts;
  }

  /** @param code its value is true when it got what it wanted; @param mayDie a worker that ends has stopped it */
  async attempt(code: string, mayDie: boolean): Promise<{ verdict: Verdict; detail: string }> {
    const ended = await this.#gated.run(code, DENIED).catch((failure: Error) => {
      if (mayDie) return failure;
      throw failure;
    });
    if (ended instanceof Error) return { verdict: 'stopped', detail: ended.message };
    const { text, error, asked, stderr } = ended;
    const verdict = text === 'True' ? 'through' : asked.length > 0 ? 'asked' : 'stopped';
    return { verdict, detail: `${text} ${error?.traceback} ${stderr} ${JSON.stringify(asked)}` };
  }

  async end(): Promise<void> {
    this.#socket.close();
    await this.#gated.stop();
  }
}
