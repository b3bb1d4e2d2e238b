import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { testNode } from '../session.ts';
import { ATTEMPTS } from './escape-attempts.ts';
import { GatedSession } from './gated.ts';

const DOCS = path.join(import.meta.dirname, '../../../../docs/capabilities.md');
const HEADING = '### What the JavaScript gate does not hold';

describe('Ways around the JavaScript gate', function () {
  this.timeout(60_000);
  let session: GatedSession | undefined;
  let server: net.Server;
  let connections = 0;
  let major = 0;

  before(async () => {
    major = Number((await testNode()).version.split('.')[0]);
    server = net.createServer((socket) => {
      connections++;
      socket.destroy();
    });
    await new Promise<void>((listening) => server.listen(0, listening));
  });

  afterEach(async () => {
    await session?.stop();
    session = undefined;
  });

  after(() => new Promise((closed) => server.close(closed)));

  for (const { name, code, end, since = 20 } of ATTEMPTS) {
    it(`${name}: ${'asked' in end ? `asked for as ${end.asked}` : 'not held, and said so'}`, async function () {
      if (major < since) {
        (this.test as Mocha.Test).title += ` (not in Node ${major})`;
        this.skip();
      }
      session = await GatedSession.start();
      session.answer = () => 'deny';
      connections = 0;
      const { port } = server.address() as net.AddressInfo;
      const { outside, workspace } = session;
      const filled = code.replaceAll('OUT', outside).replaceAll('PORT', String(port));
      const { text, error, stdout } = await session.run(`${filled}`);
      if ('notHeld' in end) {
        assert.equal(text, "'through'", error?.traceback);
        assert.ok((await listed()).includes(end.notHeld), `${DOCS} has it under "${HEADING}"`);
        return;
      }
      const categories = session.asked.map(({ capability }) => capability);
      assert.ok(categories.includes(end.asked), `asked for ${categories}; ${text} ${error?.traceback}`);
      assert.ok(!`${text} ${stdout} ${error?.message}`.includes('a secret'), 'the secret is not read');
      assert.equal(connections, 0, 'nothing connects');
      assert.deepEqual(await readdir(outside), ['secret.txt'], 'nothing is made or deleted');
      assert.equal(await readFile(path.join(outside, 'secret.txt'), 'utf8'), 'a secret');
      assert.ok(!existsSync(path.join(workspace, 'copy/link')));
      // The gate still stands.
      const again = await session.text(`require('fs').readFileSync('${outside}/secret.txt', 'utf8')`);
      assert.match(again ?? '', /^PermissionError/);
    });
  }

  it('lists what is not held, and tries all of it', async () => {
    const tried = ATTEMPTS.flatMap(({ end }) => ('notHeld' in end ? [end.notHeld] : []));
    assert.deepEqual((await listed()).sort(), tried.sort());
    assert.ok(ATTEMPTS.length >= 35);
  });
});

/** The names of what the docs say is not held. */
async function listed(): Promise<string[]> {
  const section = (await readFile(DOCS, 'utf8')).split(HEADING)[1]?.split(/^#/m)[0] ?? '';
  return [...section.matchAll(/^- \*\*(.+?)\*\*/gm)].map(([, name = '']) => name.replace(/\.$/, ''));
}
