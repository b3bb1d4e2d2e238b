import type { Category } from '../../../../backend/protocol/security.ts';

/** What an attempt ends as: asked for as one of these, or not held and in the docs by this name. */
type End = { readonly asked: Category } | { readonly notHeld: string };

export interface Attempt {
  readonly name: string;
  /** OUT: a folder outside of the workspace, with secret.txt; PORT, SOCKET: of servers that listen. What it makes is called OUT/made. */
  readonly code: string;
  readonly end: End;
  /**
   * What is seen of it when it is allowed. `trace`: the secret, a connection, a change outside, or the value 'through'. `ends`: no error, since it
   * works by a refusal alone. `fails`: there is no such thing on the machine, or the made-up answer spoils it. `dies`: the worker is gone.
   */
  readonly shows: 'trace' | 'ends' | 'fails' | 'dies';
  /** Needs this Node or a newer one. */
  readonly since: number;
}

const read: End = { asked: 'read' };
const write: End = { asked: 'write' };
const remove: End = { asked: 'delete' };
const network: End = { asked: 'network' };
const subprocess: End = { asked: 'subprocess' };
const native: End = { asked: 'native' };

function attempt(name: string, end: End, code: string, since = 20, shows: Attempt['shows'] = 'trace'): Attempt {
  return { name, end, code, since, shows };
}

/** Ways around the gate, each tried with a host that denies everything. */
export const ATTEMPTS: readonly Attempt[] = [
  attempt('process.binding', read, `process.binding('fs').readFileUtf8('OUT/secret.txt', 0)`),
  attempt(
    'process.binding: a job for a file that is run for another one',
    read,
    `const { ReadFileJob } = process.binding('fs'); const job = new ReadFileJob('OUT/secret.txt', 0, 100); await new Promise((done, fail) => { job.ondone = (error, bytes) => error ? fail(error) : done(String(bytes)); job.run('own.txt') })`,
    26,
  ),
  attempt(
    'process.binding: a job that copies a folder',
    read,
    `const { CpDirJob } = process.binding('fs'); const job = new CpDirJob('OUT', 'copy', true, false, false, false, false, 0); await new Promise((done, fail) => { job.ondone = (error) => error ? fail(error) : done(); job.run() }); require('fs').readFileSync('copy/secret.txt', 'utf8')`,
    26,
  ),
  attempt(
    'a file that is emptied by reading it',
    write,
    `await new Promise((done, fail) => require('fs').readFile('OUT/made', { flag: 'w+' }, (error) => error ? fail(error) : done()))`,
  ),
  attempt(
    'process.binding with an object for a path',
    read,
    `let n = 0; process.binding('fs').readFileUtf8({ toString: () => n++ ? 'OUT/secret.txt' : 'OUT/secret.txt' }, 0)`,
  ),
  attempt(
    'process.binding: realpath replaced',
    read,
    `process.binding('fs').realpath = () => process.cwd(); require('fs').readFileSync('OUT/secret.txt', 'utf8')`,
  ),
  attempt(
    'process.binding: a handle of one’s own',
    network,
    `const { TCP, TCPConnectWrap } = process.binding('tcp_wrap'); const request = new TCPConnectWrap(); await new Promise((done, fail) => { request.oncomplete = (status) => status ? fail(status) : done('through'); new TCP(0).connect(request, '127.0.0.1', PORT) })`,
  ),
  attempt(
    'a thread',
    subprocess,
    `const { Worker } = require('worker_threads'); await new Promise((done, fail) => new Worker("require('fs').writeFileSync('OUT/made', '')", { eval: true }).on('exit', done).on('error', fail))`,
  ),
  attempt(
    'a thread by a data: URL',
    subprocess,
    `const { Worker } = require('worker_threads'); await new Promise((done, fail) => new Worker(new URL('data:text/javascript,import fs from "node:fs"; fs.writeFileSync("OUT/made", "")')).on('exit', done).on('error', fail))`,
  ),
  attempt(
    'a child Node',
    subprocess,
    `require('child_process').execFileSync(process.execPath, ['-e', "require('fs').writeFileSync('OUT/made', '')"])`,
  ),
  attempt(
    'fork',
    subprocess,
    `require('fs').writeFileSync('child.js', "require('fs').writeFileSync('OUT/made', '')"); await new Promise((done, fail) => require('child_process').fork('child.js').on('exit', done).on('error', fail))`,
  ),
  attempt('a shell', subprocess, `require('child_process').spawnSync('touch OUT/made', { shell: true })`),
  attempt(
    'cluster',
    subprocess,
    `require('fs').writeFileSync('child.js', "require('fs').writeFileSync('OUT/made', ''); process.exit()"); const cluster = require('cluster'); cluster.setupPrimary({ exec: 'child.js' }); await new Promise((done, fail) => cluster.fork().on('error', fail).on('exit', done))`,
  ),
  attempt(
    'import() of a data: URL',
    read,
    `(await import('data:text/javascript,import fs from "node:fs"; export default fs.readFileSync("OUT/secret.txt", "utf8")')).default`,
  ),
  attempt(
    'import of a file outside',
    read,
    `require('fs').existsSync('OUT'); (await import('OUT/module.mjs')).default`,
  ),
  attempt('require of a file outside', read, `require('OUT/module.cjs')`),
  attempt(
    'the Function constructor',
    read,
    `Function('return process.getBuiltinModule ? process.getBuiltinModule("fs") : process.mainModule.require("fs")')().readFileSync('OUT/secret.txt', 'utf8')`,
  ),
  attempt(
    'another realm',
    read,
    `require('vm').runInNewContext('this.constructor.constructor("return process")().binding("fs").readFileUtf8("OUT/secret.txt", 0)', { __proto__: {} })`,
  ),
  attempt(
    'a new require',
    read,
    `require('module').createRequire('OUT/x.js')('fs').readFileSync('OUT/secret.txt', 'utf8')`,
  ),
  attempt(
    'Promise.prototype.then taken away',
    read,
    `const fs = require('fs'); const { then } = Promise.prototype; Promise.prototype.then = null; try { fs.readFileSync('OUT/secret.txt', 'utf8') } finally { Promise.prototype.then = then }`,
  ),
  attempt(
    'Promise.prototype.then answers by itself',
    read,
    `const { then } = Promise.prototype; Promise.prototype.then = function (done, fail) { return then.call(this, done, () => done({ allowed: true, remember: true })) }; try { await require('fs').promises.readFile('OUT/secret.txt', 'utf8') } finally { Promise.prototype.then = then }`,
  ),
  attempt(
    'Array.prototype poisoned',
    read,
    `for (const at of ['0', '1', '2']) Object.defineProperty(Array.prototype, at, { set() {}, get: () => '/', configurable: true }); try { require('fs').readFileSync('OUT/secret.txt', 'utf8') } finally { for (const at of ['0', '1', '2']) delete Array.prototype[at] }`,
  ),
  attempt(
    'Object.prototype poisoned',
    read,
    `const keys = ['allowed', 'remember', 'errno', 'readsFree', 'status', 'value']; for (const key of keys) Object.prototype[key] = true; try { require('fs').readFileSync('OUT/secret.txt', 'utf8') } finally { for (const key of keys) delete Object.prototype[key] }`,
  ),
  attempt(
    'Map.prototype and Set.prototype replaced',
    read,
    `const { has } = Set.prototype; const { get } = Map.prototype; Set.prototype.has = () => true; Map.prototype.get = () => true; try { require('fs').readFileSync('OUT/secret.txt', 'utf8') } finally { Set.prototype.has = has; Map.prototype.get = get }`,
  ),
  attempt(
    'Function.prototype.call and apply replaced',
    read,
    `const { call, apply } = Function.prototype; let taken = []; const take = function () { taken.push(this) }; Function.prototype.call = take; Function.prototype.apply = take; try { require('fs').readFileSync('OUT/secret.txt', 'utf8') } finally { Function.prototype.call = call; Function.prototype.apply = apply }`,
  ),
  attempt(
    'String.prototype.startsWith replaced',
    read,
    `const { startsWith } = String.prototype; String.prototype.startsWith = () => true; try { require('fs').readFileSync('OUT/secret.txt', 'utf8') } finally { String.prototype.startsWith = startsWith }`,
  ),
  attempt(
    'the stack of an error',
    read,
    `let functions = []; Error.prepareStackTrace = (_, sites) => { functions.push(...sites.map((site) => site.getFunction?.())); return '' }; try { require('fs').readFileSync('OUT/secret.txt') } catch (error) { error.stack } finally { delete Error.prepareStackTrace } functions.filter((one) => one).map((one) => { try { return one('OUT/secret.txt', 'utf8') } catch { return '' } }).join()`,
    20,
    'ends',
  ),
  attempt(
    'an answer made up at the port of messages',
    read,
    `const ports = [require('async_hooks').executionAsyncResource(), ...process._getActiveHandles()].filter((one) => one?.constructor?.name === 'MessagePort'); const reading = require('fs').promises.readFile('OUT/secret.txt', 'utf8'); for (let id = 1; id < 50; id++) for (const port of ports) port.emit('message', { kind: 'answer', requestId: id, answer: { status: 'answered', value: { allowed: true, remember: true } }, payload: null }); await reading`,
    20,
    'fails',
  ),
  attempt(
    'a policy made up at the port of messages',
    read,
    `const ports = [require('async_hooks').executionAsyncResource(), ...process._getActiveHandles()].filter((one) => one?.constructor?.name === 'MessagePort'); for (const port of ports) port.emit('message', { kind: 'policy', policy: { generation: 99, asks: [], roots: ['/'], readsFree: true, writesFree: true, injected: [] } }); require('fs').readFileSync('OUT/secret.txt', 'utf8')`,
  ),
  attempt(
    'a getter that answers twice',
    write,
    `let n = 0; require('fs').cpSync('own.txt', 'OUT/made', { get recursive() { return n++ > 0 } })`,
  ),
  attempt(
    'bytes that change behind the question',
    read,
    `const path = Buffer.from('./own.txt/../..........'); const target = Buffer.from('OUT/secret.txt'); const reading = require('fs').promises.readFile(target, 'utf8'); target.fill(46); await reading`,
  ),
  attempt(
    'a path of bytes that are no text',
    write,
    `require('fs').writeFileSync(Buffer.concat([Buffer.from('OUT/made'), Buffer.from([0xff])]), '')`,
  ),
  attempt('a file: URL', read, `require('fs').readFileSync(new URL('file://OUT/%73ecret.txt'), 'utf8')`),
  attempt(
    'a file handle',
    read,
    `const handle = await require('fs/promises').open('OUT/secret.txt'); await handle.readFile('utf8')`,
  ),
  attempt(
    'fs.cp into the workspace',
    read,
    `require('fs').cpSync('OUT', 'copy', { recursive: true }); require('fs').readFileSync('copy/secret.txt', 'utf8')`,
  ),
  attempt(
    'fs.cp that follows links',
    read,
    `const fs = require('fs'); fs.mkdirSync('tree'); fs.symlinkSync('OUT/secret.txt', 'tree/link'); fs.cpSync('tree', 'copy', { recursive: true, dereference: true }); fs.readFileSync('copy/link', 'utf8')`,
  ),
  attempt(
    'fs.copyFile',
    read,
    `require('fs').copyFileSync('OUT/secret.txt', 'copy'); require('fs').readFileSync('copy', 'utf8')`,
  ),
  attempt('fs.rm of a whole folder', remove, `await require('fs/promises').rm('OUT', { recursive: true })`),
  attempt(
    'fs.rename out of its folder',
    remove,
    `require('fs').renameSync('OUT/secret.txt', 'mine'); require('fs').readFileSync('mine', 'utf8')`,
  ),
  attempt(
    'a hard link',
    write,
    `require('fs').linkSync('OUT/secret.txt', 'mine'); require('fs').readFileSync('mine', 'utf8')`,
  ),
  attempt(
    'a symbolic link',
    read,
    `require('fs').symlinkSync('OUT/secret.txt', 'mine'); require('fs').readFileSync('mine', 'utf8')`,
  ),
  attempt(
    'a symbolic link that leads nowhere yet',
    write,
    `require('fs').symlinkSync('OUT/made', 'mine'); require('fs').writeFileSync('mine', '')`,
  ),
  attempt(
    '.. behind a link',
    read,
    `require('fs').symlinkSync('OUT', 'mine'); require('fs').readFileSync('mine/../outside/secret.txt', 'utf8')`,
  ),
  attempt(
    '.. in a folder that is to be made',
    write,
    `require('fs').mkdirSync('new/../../outside/made', { recursive: true })`,
  ),
  attempt(
    'a temporary folder beside the workspace',
    write,
    `const { existsSync, mkdtempSync } = require('fs'); existsSync(mkdtempSync(process.cwd())) && 'through'`,
  ),
  attempt('/proc/self', read, `require('fs').readFileSync('/proc/self/cwd/../outside/secret.txt', 'utf8')`),
  attempt(
    '/proc/self/environ',
    read,
    `require('fs').readFileSync('/proc/self/environ', 'utf8').includes('PATH=') && 'through'`,
  ),
  attempt(
    'another working folder',
    read,
    `process.chdir('OUT'); try { require('fs').readFileSync('secret.txt', 'utf8') } finally { process.chdir(__dirname) }`,
  ),
  attempt('fs.openAsBlob', read, `await (await require('fs').openAsBlob('OUT/secret.txt')).text()`),
  attempt('fs.opendir', read, `require('fs').opendirSync('OUT').readSync().name && 'through'`),
  attempt(
    'fs.watch',
    read,
    `const { watch, writeFileSync } = require('fs'); await new Promise((done) => { const watcher = watch('OUT', () => { watcher.close(); done('through') }); writeFileSync('OUT/made', '') })`,
  ),
  attempt(
    'fs.watchFile',
    read,
    `const fs = require('fs'); await new Promise((done) => { fs.watchFile('OUT/secret.txt', { interval: 5 }, () => { fs.unwatchFile('OUT/secret.txt'); done('through') }); fs.utimesSync('OUT/secret.txt', 1, 1) })`,
  ),
  attempt('r+', write, `require('fs').writeSync(require('fs').openSync('OUT/secret.txt', 'r+'), 'A')`),
  attempt(
    'http with a look-up of one’s own',
    network,
    `await new Promise((done, fail) => require('http').get({ host: 'allowed.example', port: PORT, agent: false, lookup: (host, options, found) => options.all ? found(null, [{ address: '127.0.0.1', family: 4 }]) : found(null, '127.0.0.1', 4) }, done).on('error', fail))`,
  ),
  attempt(
    'http with an agent that makes the connection',
    network,
    `await new Promise((done, fail) => require('http').get({ host: 'allowed.example', createConnection: () => require('net').connect(PORT, '127.0.0.1') }, done).on('error', fail))`,
  ),
  attempt(
    'a unix socket',
    network,
    `await new Promise((done, fail) => require('net').connect('SOCKET', done).on('error', fail))`,
  ),
  attempt(
    'a server on a unix socket',
    write,
    `await new Promise((done, fail) => require('net').createServer().on('error', fail).listen('OUT/made', done))`,
  ),
  attempt(
    'a server',
    network,
    `await new Promise((done, fail) => require('http').createServer().on('error', fail).listen(0, () => done('through')))`,
  ),
  attempt('a name as a message', network, `await require('dns').promises.resolveTxt('secret.example')`, 20, 'fails'),
  attempt(
    'a look-up',
    network,
    `await new Promise((done, fail) => require('dns').lookup('localhost', (error) => error ? fail(error) : done('through')))`,
  ),
  attempt(
    'a resolver of one’s own',
    network,
    `const resolver = new (require('dns').Resolver)(); resolver.setServers(['127.0.0.9']); resolver.getServers().includes('127.0.0.9') && 'through'`,
  ),
  attempt(
    'IPv6',
    network,
    `await new Promise((done, fail) => require('net').connect(PORT, '::1', done).on('error', fail))`,
  ),
  attempt(
    'an IPv4 address inside of IPv6',
    network,
    `await new Promise((done, fail) => require('net').connect(PORT, '::ffff:127.0.0.1', done).on('error', fail))`,
  ),
  attempt(
    'UDP',
    network,
    `await new Promise((done, fail) => require('dgram').createSocket('udp4').send('x', PORT, '127.0.0.1', (error) => error ? fail(error) : done('through')))`,
  ),
  attempt(
    'TLS',
    network,
    `await new Promise((done, fail) => require('tls').connect(PORT, '127.0.0.1').on('error', fail).on('secureConnect', done))`,
  ),
  attempt(
    'HTTP/2',
    network,
    `await new Promise((done, fail) => require('http2').connect('http://127.0.0.1:PORT').on('error', fail).on('connect', done))`,
  ),
  attempt('fetch', network, `await fetch('http://127.0.0.1:PORT/')`),
  attempt(
    'WebSocket',
    network,
    `await new Promise((done, fail) => { const socket = new WebSocket('ws://127.0.0.1:PORT/'); socket.onopen = done; socket.onerror = () => fail(new Error('no')) })`,
    22,
  ),
  attempt('inspector.open', network, `require('inspector').open(0); require('inspector').url() && 'through'`),
  attempt(
    'a debugger of oneself',
    native,
    `const { Session } = require('inspector'); const session = new Session(); session.connect(); let seen; session.post('Runtime.evaluate', { expression: '40 + 2' }, (error, found) => { seen = found?.result.value }); session.disconnect(); seen === 42 && 'through'`,
  ),
  attempt('WASI', write, `new (require('wasi').WASI)({ version: 'preview1', preopens: { '/': 'OUT' } }) && 'through'`),
  attempt('node:sqlite', write, `new (require('node:sqlite').DatabaseSync)('OUT/made')`, 22),
  attempt(
    'node:sqlite: ATTACH',
    native,
    `new (require('node:sqlite').DatabaseSync)(':memory:').exec("ATTACH 'OUT/made' AS other; CREATE TABLE other.t (x)")`,
    22,
  ),
  attempt(
    'node:sqlite: ATTACH by a tagged template',
    native,
    `const store = new (require('node:sqlite').DatabaseSync)(':memory:').createTagStore(); store.run\`ATTACH \${'OUT/made'} AS other\`; store.run\`CREATE TABLE other.t (x)\``,
    24,
  ),
  attempt('node:sqlite: a URI', write, `new (require('node:sqlite').DatabaseSync)('file:OUT/made?mode=rwc')`, 22),
  attempt(
    'node:sqlite: a URI that seems to end in the workspace',
    write,
    `new (require('node:sqlite').DatabaseSync)('file:' + 'OUT/made'.replaceAll('/', '%2F') + '%00/../../workspace/own')`,
    22,
  ),
  attempt(
    'node:sqlite: a file: URL',
    write,
    `new (require('node:sqlite').DatabaseSync)(new URL('file://OUT/made?mode=rwc'))`,
    22,
  ),
  attempt(
    'node:sqlite: VACUUM INTO',
    native,
    `new (require('node:sqlite').DatabaseSync)(':memory:').prepare("VACUUM INTO 'OUT/made'").run()`,
    22,
  ),
  attempt(
    'node:sqlite: backup',
    write,
    `const { backup, DatabaseSync } = require('node:sqlite'); await backup(new DatabaseSync(':memory:'), 'file:OUT/made')`,
    22,
  ),
  attempt(
    'a subclass of DatabaseSync',
    write,
    `class Mine extends require('node:sqlite').DatabaseSync {} ; new Mine('OUT/made')`,
    22,
  ),
  attempt('process.report.writeReport', write, `process.report.writeReport('OUT/made')`),
  attempt('v8.writeHeapSnapshot', write, `require('v8').writeHeapSnapshot('OUT/made')`),
  attempt('v8.setFlagsFromString', native, `require('v8').setFlagsFromString('--no-opt'); 'through'`),
  attempt('process.loadEnvFile', read, `process.loadEnvFile('OUT/secret.env'); process.env.HOLDFAST_TEST_SECRET`),
  attempt(
    'module.register',
    subprocess,
    `require('module').register('data:text/javascript,import fs from "node:fs"; fs.writeFileSync("OUT/made", "")')`,
  ),
  attempt('module.enableCompileCache', write, `require('module').enableCompileCache('OUT/made')`, 22),
  attempt('process.dlopen', native, `process.dlopen({ exports: {} }, 'OUT/made.node')`, 20, 'fails'),
  attempt('an addon', native, `require('fs').writeFileSync('addon.node', ''); require('./addon.node')`, 20, 'fails'),
  attempt('crypto.setEngine', native, `require('crypto').setEngine('OUT/made.so')`, 20, 'fails'),
  attempt('a signal to another process', subprocess, `process.kill(process.ppid, 'SIGWINCH') && 'through'`),
  attempt('process._kill', subprocess, `process._kill(process.ppid, 28) === 0 && 'through'`),
  attempt('process.execve', subprocess, `process.execve('/bin/true', ['true'])`, 24, 'dies'),
  attempt('process.env', { notHeld: 'Reading `process.env`' }, `process.env.PATH && 'through'`),
  attempt(
    'what is told of a file',
    { notHeld: 'What is told of a file' },
    `require('fs').statSync('OUT/secret.txt').size > 0 && 'through'`,
  ),
  attempt(
    'a report by a signal',
    { notHeld: 'Reports by a signal' },
    `const { existsSync } = require('fs'); Object.assign(process.report, { directory: 'OUT', filename: 'made.json', signal: 'SIGUSR2', reportOnSignal: true }); process.kill(process.pid, 'SIGUSR2'); while (!existsSync('OUT/made.json')) await new Promise((done) => setTimeout(done, 10)); 'through'`,
  ),
  attempt(
    'trace events',
    { notHeld: 'Trace events' },
    `const tracing = require('trace_events').createTracing({ categories: ['node'] }); tracing.enable(); tracing.disable(); require('fs').readdirSync('.').some((name) => /^node_trace.*log$/.test(name)) && 'through'`,
  ),
];
