import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { eventually } from '../../../helpers/eventually.ts';
import { testNode } from '../session.ts';
import { ATTEMPTS } from './escape-attempts.ts';
import { GatedSession } from './gated.ts';

const DOCS = path.join(import.meta.dirname, '../../../../docs/capabilities.md');
const HEADING = '### What the JavaScript gate does not hold';

describe('Ways around the JavaScript gate', function () {
  this.timeout(10_000);
  let session: GatedSession | undefined;
  let server: net.Server;
  let socket: net.Server | undefined;
  let connections = 0;
  let major = 0;

  before(async () => {
    major = Number((await testNode()).version.split('.')[0]);
    server = net.createServer(connected);
    await new Promise<void>((listening) => server.listen(0, listening));
  });

  afterEach(async () => {
    await session?.stop();
    session = undefined;
    socket?.close();
  });

  after(() => new Promise((closed) => server.close(closed)));

  /** A session with things to get at beside its workspace. */
  async function begin() {
    const begun = await GatedSession.start();
    session = begun;
    connections = 0;
    const { outside } = begun;
    await writeFile(path.join(outside, 'module.mjs'), "export default 'a secret'");
    await writeFile(path.join(outside, 'module.cjs'), "module.exports = 'a secret'");
    await writeFile(path.join(outside, 'secret.env'), 'HOLDFAST_TEST_SECRET="a secret"');
    // Not in the folder: what copies that could not go on at a socket.
    const place = path.join(path.dirname(outside), 'socket');
    socket = net.createServer(connected);
    await new Promise<void>((listening) => socket?.listen(place, listening));
    const { port } = server.address() as net.AddressInfo;
    const run = (code: string) =>
      begun.run(code.replaceAll('OUT', outside).replaceAll('SOCKET', place).replaceAll('PORT', String(port)));
    return { session: begun, outside, run };
  }

  function connected(connection: net.Socket): void {
    connections++;
    connection.on('error', () => {});
    connection.on('data', () => connection.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok'));
  }

  for (const { name, code, end, since } of ATTEMPTS) {
    it(`${name}: ${'asked' in end ? `asked for as ${end.asked}` : 'not held, and said so'}`, async function () {
      if (major < since) {
        (this.test as Mocha.Test).title += ` (not in Node ${major})`;
        this.skip();
      }
      const { run, outside, session } = await begin();
      session.answer = () => 'deny';
      const { text, error, stdout } = await run(code);
      if ('notHeld' in end) {
        assert.equal(text, "'through'", error?.traceback);
        assert.ok((await listed()).includes(end.notHeld), `${DOCS} has it under "${HEADING}"`);
        return;
      }
      const categories = session.asked.map(({ capability }) => capability);
      assert.ok(categories.includes(end.asked), `asked for ${categories}; ${text} ${error?.traceback}`);
      assert.ok(!`${text} ${stdout} ${error?.message}`.includes('a secret'), 'the secret is not read');
      assert.equal(connections, 0, 'nothing connects');
      assert.ok(await isUntouched(outside), `nothing is made, changed or deleted: ${await readdir(outside)}`);
      assert.ok(!existsSync(path.join(session.workspace, 'copy/link')));
      // The gate still stands.
      const again = await session.text(`require('fs').readFileSync('${outside}/secret.txt', 'utf8')`);
      assert.match(again ?? '', /^PermissionError/);
    });
  }

  /** Else an attempt that does nothing at all would pass as one that is held. */
  describe('do what they say when all is allowed', () => {
    for (const { name, code, end, since, shows } of ATTEMPTS) {
      if ('notHeld' in end) continue;
      it(`${name}: ${shows}`, async function () {
        if (major < since) {
          (this.test as Mocha.Test).title += ` (not in Node ${major})`;
          this.skip();
        }
        const { run, outside } = await begin();
        const ended = await run(code).catch((failure: Error) => failure);
        if (ended instanceof Error) {
          assert.equal(shows, 'dies', ended.message);
          return;
        }
        const { text, error, stdout } = ended;
        const detail = `${text} ${error?.traceback}`;
        if (shows === 'fails') assert.ok(error, detail);
        else if (shows === 'ends') assert.equal(error, null, detail);
        else {
          assert.equal(shows, 'trace');
          const told = `${text} ${stdout}`.includes('a secret') || text === "'through'";
          await eventually(
            async () => assert.ok(told || connections > 0 || !(await isUntouched(outside)), detail),
            1000,
          );
        }
      });
    }
  });

  it('lists what is not held, and tries all of it', async () => {
    const tried = ATTEMPTS.flatMap(({ end }) => ('notHeld' in end ? [end.notHeld] : []));
    assert.deepEqual((await listed()).sort(), tried.sort());
    assert.ok(ATTEMPTS.length >= 35);
  });
});

/** @param outside the folder beside the workspace, as `begin` makes it */
async function isUntouched(outside: string): Promise<boolean> {
  const names = await readdir(outside).catch(() => []);
  if (names.sort().join() !== 'module.cjs,module.mjs,secret.env,secret.txt') return false;
  return (await readFile(path.join(outside, 'secret.txt'), 'utf8')) === 'a secret';
}

/** The names of what the docs say is not held. */
async function listed(): Promise<string[]> {
  const section = (await readFile(DOCS, 'utf8')).split(HEADING)[1]?.split(/^#/m)[0] ?? '';
  return [...section.matchAll(/^- \*\*(.+?)\*\*/gm)].map(([, name = '']) => name.replace(/\.$/, ''));
}
