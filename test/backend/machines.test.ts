import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import tls from 'node:tls';
import { Durable } from '../../backend/durable/durable.ts';
import { makeIdentity } from '../../backend/machines/certificate.ts';
import { Line } from '../../backend/machines/line.ts';
import { MACHINE_TAGS } from '../../backend/machines/machines.ts';
import { type Registration, seal } from '../../backend/machines/registration.ts';
import {
  AnswerPrompt,
  CreateCheckpoint,
  DetachSession,
  Execute,
  ListGrants,
  ListMachines,
  StatusMethod,
  type Storage,
  UseMachines,
  UseStorage,
} from '../../backend/protocol/client/index.ts';
import { MachineHello, StartWorker } from '../../backend/protocol/machine.ts';
import { PROTOCOL_VERSION } from '../../backend/protocol/values.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import { VERSION } from '../../backend/version.ts';
import { stop, TestSession, TestWorkspace } from '../helpers/backend.ts';
import { holdfast } from '../helpers/cli.ts';
import { temporaryFolder } from '../helpers/durable/networks.ts';
import { startResonateServer } from '../helpers/durable/resonate-server.ts';
import { eventually } from '../helpers/eventually.ts';
import { TestMachine } from '../helpers/machine.ts';
import { isAlive } from '../helpers/processes.ts';
import { StalledClient } from '../helpers/stalled-client.ts';

const STORAGE_TOKEN = 'of-the-storage';
const TOKEN = randomBytes(32).toString('hex');

describe('sessions on other machines', () => {
  let folder: string;
  let server: Awaited<ReturnType<typeof startResonateServer>>;
  let workspace: TestWorkspace;
  let client: BackendClient;
  let machines: TestMachine[];

  const storage = (): Storage => ({ kind: 'server', url: server.url, token: STORAGE_TOKEN });
  const env = () => ({
    HOLDFAST_DURABLE_URL: server.url,
    HOLDFAST_DURABLE_TOKEN: STORAGE_TOKEN,
    HOLDFAST_MACHINES_TOKEN: TOKEN,
  });

  beforeEach(async () => {
    folder = await temporaryFolder();
    server = await startResonateServer(folder, STORAGE_TOKEN);
    workspace = await TestWorkspace.make();
    client = await workspace.connect();
    machines = [];
    await client.request(UseStorage, { storage: storage() });
    await client.request(UseMachines, { token: TOKEN });
  });
  afterEach(async () => {
    await stop(client);
    await workspace.remove();
    await Promise.all(machines.map((machine) => machine.end()));
    await server.close();
    await rm(folder, { recursive: true });
  });

  async function machine(group: string, ip = '127.0.0.1'): Promise<TestMachine> {
    const started = await TestMachine.start(group, ip, env());
    machines.push(started);
    return started;
  }

  const open = (group: string, language: 'python' | 'javascript' = 'javascript', name?: string) =>
    TestSession.open(client, language, { group, ...(name && { name }) });

  for (const [language, where, flood, value] of [
    ['javascript', 'process.cwd()', 'for (let n = 0; n < 100000; n++) console.log("line " + n); 42', '42'],
    ['python', 'import os; os.getcwd()', 'for n in range(100000): print("line", n)\n42', '42'],
  ] as const) {
    it(`run there: ${language}, every line of a flood in order and before the value`, async () => {
      const there = await machine('gpu', '127.0.0.2');
      const session = await open('gpu', language);
      assert.ok(((await session.run(where)).lines[0] ?? '').includes(there.folder));
      const { stdout, lines } = await session.run(flood);
      assert.equal(stdout, Array.from({ length: 100_000 }, (_, n) => `line ${n}\n`).join(''));
      assert.equal(lines.at(-1), `=> ${value}`);
      const info = await session.info();
      assert.equal(info.machine?.group, 'gpu');
      assert.equal(info.cwd, there.folder);
      assert.ok(await isAlive(info.pid ?? 0));
    });
  }

  it('are cancelled, asked and looked into as those here', async () => {
    await machine('gpu');
    const session = await open('gpu', 'python');
    const endless = await session.start('while True: pass');
    await session.until(() => session.events.find(({ event }) => event.kind === 'started'));
    await session.cancel(endless.executionId);
    assert.equal((await endless.ended).status, 'cancelled');
    const asked = await session.run('name = input("Who? ")\nname', { answers: ['Ada'] });
    assert.deepEqual(asked.lines, ["=> 'Ada'"]);
    assert.ok((await session.namespace()).has('name'));
    const flood = await session.start('while True: print("x" * 1000)');
    await session.until(() => (session.received(flood.executionId) > 1_000_000 ? true : undefined));
    await session.cancel(flood.executionId);
    assert.equal((await flood.ended).status, 'cancelled');
    assert.deepEqual((await session.run('6 * 7')).lines, ['=> 42']);
  });

  it('reach no file, program or variable of this machine through it', async () => {
    await machine('gpu');
    await writeFile(path.join(workspace.path, 'here.txt'), 'of this machine');
    const session = await open('gpu', 'python');
    for (const code of ['read_file("here.txt")', 'shell("true")', 'env("HOME")', 'list_files("*")']) {
      const { outcome } = await session.run(code);
      assert.equal(outcome.status, 'failed', code);
      assert.match(outcome.status === 'failed' ? outcome.error.message : '', /session on another machine/, code);
    }
    const hidden = await session.run('import os\n[name for name in os.environ if name.startswith("HOLDFAST_")]');
    assert.deepEqual(hidden.lines, ['=> []']);
  });

  it('ask for what is touched there by the name of the machine, and remember it no longer than the session', async () => {
    const there = await machine('gpu');
    const session = await TestSession.open(client, 'python', {
      group: 'gpu',
      security: { level: 'restricted', allow: [], deny: [] },
    });
    // The workspace's own folder means nothing there.
    const file = path.join(workspace.path, 'file');
    const { executionId, ended } = await session.start(`open(${JSON.stringify(file)}, "w").write("there")`);
    const { promptId, prompt, form } = await session.prompt(executionId);
    assert.ok(prompt.includes(`${file} on `) && prompt.includes(there.address), prompt);
    assert.deepEqual(form.kind === 'permission' && form.scopes, ['once', 'session']);
    await client.request(AnswerPrompt, { promptId, value: 'allow_always' });
    assert.equal((await ended).status, 'succeeded');
    assert.deepEqual(
      (await client.request(ListGrants, {})).grants.map(({ scope }) => scope),
      ['session'],
    );
  });

  it('lose what runs when the machine dies, say so, and go on on another one with the last checkpoint', async () => {
    const first = await machine('gpu', '127.0.0.1');
    const session = await open('gpu', 'python');
    await session.run('kept = 42');
    await client.request(CreateCheckpoint, { sessionId: session.id, name: 'before' });
    const runs = path.join(folder, 'runs');
    const second = await machine('gpu', '127.0.0.2');
    const { pid } = await session.info();
    const running = await session.start('import time\nwhile True: time.sleep(0.1)');
    await session.until(() => session.events.filter(({ event }) => event.kind === 'started')[1]);
    await first.end('SIGKILL');
    const outcome = await running.ended;
    assert.equal(outcome.status, 'lost');
    assert.match(outcome.status === 'lost' ? outcome.reason : '', /the connection to .*127\.0\.0\.1:\d+\) was lost/);
    const after = await session.run('kept');
    assert.deepEqual(after.lines, ['=> 42']);
    assert.ok((await session.info()).machine?.host.includes(second.address));
    await eventually(async () => assert.equal(await isAlive(pid ?? 0), false));

    // Marked as idempotent it is run again by the next one.
    const third = await machine('gpu', '127.0.0.3');
    const code = `# holdfast: idempotent\nimport time\nopen(${JSON.stringify(runs)}, "a").write("x")\nwhile not __import__("os").path.exists(${JSON.stringify(`${runs}2`)}): time.sleep(0.05)\nkept`;
    const marked = await session.start(code);
    await eventually(async () => assert.equal(await readFile(runs, 'utf8'), 'x'));
    await second.end('SIGKILL');
    await eventually(async () => assert.equal(await readFile(runs, 'utf8'), 'xx'));
    await writeFile(`${runs}2`, '');
    assert.equal((await marked.ended).status, 'succeeded');
    assert.ok((await session.info()).machine?.host.includes(third.address));
  });

  it('are cancelled also when the machine does not answer any more', async () => {
    const there = await machine('gpu');
    const session = await open('gpu');
    const running = await session.start('await new Promise(() => {})');
    await session.until(() => session.events.find(({ event }) => event.kind === 'started'));
    process.kill(there.pid, 'SIGSTOP');
    try {
      await session.cancel(running.executionId);
      assert.equal((await running.ended).status, 'cancelled');
    } finally {
      process.kill(there.pid, 'SIGCONT');
    }
  });

  it('wait for a reader that is behind, and the backend keeps no more than is on its way', async () => {
    await machine('gpu');
    const session = await open('gpu');
    const memory = async () => (await client.request(StatusMethod, {})).memory;
    const before = await memory();
    await client.request(DetachSession, { sessionId: session.id });
    const slow = await StalledClient.attach(workspace, session.id, 'lossless');
    const executionId = randomUUID();
    const code = Buffer.from('for (let n = 0; n < 400; n++) console.log("x".repeat(1e6)); 1');
    const source = { name: '<test>', path: null, line: 1, column: 0 };
    const request = { sessionId: session.id, executionId, dialect: 'javascript', source, batch: null } as const;
    await client.request(Execute, request, { payload: code });
    await eventually(async () => assert.ok((await session.info()).running));
    // All of it would be 400 MB.
    let most = 0;
    for (let n = 0; n < 20; n++) {
      most = Math.max(most, await memory());
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.ok((await session.info()).running, 'the program waits');
    assert.ok(most - before < 150 * 1024 * 1024, `${(most - before) / 1024 ** 2} MiB`);
    slow.close();
    await eventually(async () => assert.equal((await session.info()).running, null), 30_000);
  });

  it('say why when no machine of the group is left', async () => {
    const only = await machine('gpu');
    const session = await open('gpu');
    await session.run('1');
    await only.end('SIGKILL');
    await eventually(async () => {
      const { state, exit } = await session.info();
      assert.equal(state, 'dead');
      assert.match(exit ?? '', /No machine of the group "gpu" can be reached\. .*127\.0\.0\.1/);
    });
    await assert.rejects(open('gpu'), { code: 'unavailable', message: /can be reached/ });
    await assert.rejects(open('other'), { code: 'unavailable', message: /No machine of the group "other" is there/ });
  });

  it('end with the backend, and a machine that is stopped in order is not listed any more', async () => {
    const there = await machine('gpu');
    const session = await open('gpu');
    await session.run('1');
    const { pid } = await session.info();
    const list = async () => (await client.request(ListMachines, {})).machines.map(({ address }) => address);
    assert.deepEqual(await list(), [there.address]);
    const gone = new Promise((resolve) => client.onClose(resolve));
    process.kill(client.hello.pid, 'SIGKILL');
    await gone;
    await eventually(async () => assert.equal(await isAlive(pid ?? 0), false));
    client = await workspace.connect();
    await client.request(UseStorage, { storage: storage() });
    await client.request(UseMachines, { token: TOKEN });
    await eventually(async () => assert.equal((await client.request(StatusMethod, {})).durability.state, 'kept'));
    // It sleeps, and wakes up where it was and not here.
    const again = await open('gpu', 'javascript', 'javascript');
    assert.equal(again.id, session.id);
    assert.deepEqual((await again.run('process.cwd()')).lines, [`=> '${there.folder}'`]);
    await there.end('SIGTERM');
    assert.deepEqual(await list(), []);
  });

  it('are run by the command line, which lists the machines', async () => {
    const there = await machine('gpu');
    const file = path.join(workspace.path, 'where.js');
    await writeFile(file, 'process.cwd()');
    const { stdout, code } = await holdfast(workspace, ['run', '--on', 'gpu', file], { env: env() });
    assert.deepEqual([stdout, code], [`=> '${there.folder}'\n`, 0]);
    assert.match(
      (await holdfast(workspace, ['machines'], { env: env() })).stdout,
      new RegExp(`gpu .* ${there.address}`),
    );
    await holdfast(workspace, ['run', '--on', 'gpu', '--session', 'there', file], { env: env() });
    const again = await holdfast(workspace, ['run', '--session', 'there', file], { env: env() });
    assert.deepEqual([again.stdout, again.stderr], [stdout, ''], 'it stays where it is');
    const floor = await holdfast(workspace, ['run', '--on', 'gpu', '--floor', file], { env: env() });
    assert.match(floor.stderr, /cannot have a floor/);
  });

  it('need a token and a storage that is shared, in words', async () => {
    await client.request(UseMachines, { token: null });
    await assert.rejects(open('gpu'), { code: 'unavailable', message: /set their token/ });
    await client.request(UseMachines, { token: TOKEN });
    await client.request(UseStorage, { storage: { kind: 'embedded' } });
    await assert.rejects(open('gpu'), { code: 'unavailable', message: /durable storage that they share/ });
    await assert.rejects(client.request(UseMachines, { token: 'short' }), {
      code: 'invalid',
      message: /32 characters/,
    });
    const refused = async (args: string[], vars: Record<string, string>, message: RegExp) => {
      const { code, stderr } = await holdfast(workspace, ['worker', '--group', 'gpu', ...args], { env: vars });
      assert.equal(code, 2);
      assert.match(stderr, message);
    };
    const unset = { ...env(), HOLDFAST_MACHINES_TOKEN: '' };
    await refused([], unset, /Set HOLDFAST_MACHINES_TOKEN/);
    await refused([], { HOLDFAST_MACHINES_TOKEN: TOKEN }, /durable storage/);
    await refused(['--listen', '0.0.0.0:0'], env(), /Say with --address/);
    await refused(['--listen', 'nonsense'], env(), /form host:port/);
  });

  describe('a machine', () => {
    /** @param token of the hello */
    async function line(address: string): Promise<Line<never>> {
      const [host, port] = address.split(':');
      const socket = tls.connect({ host, port: Number(port), rejectUnauthorized: false });
      await once(socket, 'secureConnect');
      const made = new Line<never>(socket);
      made.connection.listen();
      return made;
    }

    it('answers nobody who does not speak TLS or know the token', async () => {
      const { address } = await machine('gpu');
      const [host, port] = address.split(':');
      const plain = net.connect(Number(port), host);
      plain.write('GET / HTTP/1.1\r\n\r\n');
      plain.on('error', () => {});
      await once(plain, 'close');
      assert.equal(plain.bytesRead <= 7, true, 'at most an alert of TLS');

      const hasty = (await line(address)).connection;
      await assert.rejects(hasty.request(StartWorker, { language: 'javascript' }), { code: 'not_found' });
      const wrong = { protocol: PROTOCOL_VERSION, version: VERSION, token: 'x'.repeat(TOKEN.length) };
      await assert.rejects(hasty.request(MachineHello, wrong), { code: 'unauthorized' });
      await eventually(() => assert.ok(hasty.closed));
      const old = (await line(address)).connection;
      const hello = { protocol: PROTOCOL_VERSION, version: '0.0.1', token: TOKEN };
      await assert.rejects(old.request(MachineHello, hello), { code: 'version', message: /install the same/ });
    });

    it('is taken for one of the group only by its seal, and is told nothing unless its certificate is the one that was sealed', async () => {
      const { key, certificate } = makeIdentity();
      let bytes = 0;
      const impostor = tls.createServer({ key, cert: certificate }, (socket) => {
        socket.on('data', (chunk) => {
          bytes += chunk.length;
        });
        socket.on('error', () => {});
      });
      await new Promise<void>((listening) => impostor.listen(0, '127.0.0.1', listening));
      const durable = await Durable.open({ network: storage() as never, group: randomUUID() });
      try {
        const { port } = impostor.address() as net.AddressInfo;
        const registration: Registration = {
          machineId: randomUUID(),
          group: 'gpu',
          host: 'impostor',
          address: `127.0.0.1:${port}`,
          since: Date.now(),
          fingerprint: makeIdentity().fingerprint,
        };
        const put = (data: unknown) =>
          durable.create(randomUUID(), { timeoutMs: 60_000, data, tags: MACHINE_TAGS('gpu'), shared: true });
        await put(seal(registration, 'another token that is long enough'));
        await put({ ...seal({ ...registration, group: 'cpu' }, TOKEN), registration });
        await put('nonsense');
        await assert.rejects(open('gpu'), { message: /No machine of the group "gpu" is there/ });
        await put(seal(registration, TOKEN));
        await assert.rejects(open('gpu'), { message: /another machine than the one that was registered/ });
        assert.equal(bytes, 0);
      } finally {
        await durable.close();
        await new Promise((closed) => impostor.close(closed));
      }
    });
  });
});
