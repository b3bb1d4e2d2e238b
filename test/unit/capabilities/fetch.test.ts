import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { CapabilityError } from '../../../backend/capabilities/capability-error.ts';
import { fetch } from '../../../backend/capabilities/fetch.ts';
import { effectsOf, fails, perform, type Told } from './perform.ts';

describe('fetch', () => {
  const servers: http.Server[] = [];
  let first: string;
  let second: string;

  async function listen(handle: http.RequestListener): Promise<string> {
    const server = http.createServer(handle);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const echo: http.RequestListener = async (request, response) => {
    const body: Buffer[] = [];
    for await (const chunk of request) body.push(chunk as Buffer);
    const { method, url, headers } = request;
    response.writeHead(201, { 'x-made': 'yes', 'set-cookie': ['a=1', 'b=2'] });
    response.end(
      JSON.stringify({
        method,
        url,
        authorization: headers.authorization ?? null,
        body: Buffer.concat(body).toString(),
      }),
    );
  };

  before(async () => {
    second = await listen(echo);
    first = await listen((request, response) => {
      const [, status, target] = /^\/(\d+)\/(.*)/.exec(request.url ?? '') ?? [];
      if (request.url === '/loop') response.writeHead(302, { location: '/loop' }).end();
      else if (request.url === '/away') response.writeHead(302, { location: 'file:///etc/passwd' }).end();
      else if (request.url === '/flood') flood(response);
      else if (request.url === '/silent') return;
      else if (status)
        response.writeHead(Number(status), { location: target === 'second' ? `${second}/there` : `/${target}` }).end();
      else void echo(request, response);
    });
  });

  after(() => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });

  function flood(response: http.ServerResponse): void {
    const chunk = Buffer.alloc(1024 * 1024);
    const more = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', more);
    more();
  }

  const defaults = { method: 'GET', headers: [], timeoutSeconds: null };
  const get = (url: string, options: object = {}, more: Parameters<typeof perform>[2] = {}) =>
    perform(fetch, { ...defaults, url, ...options }, more);

  it('gives status, headers and body', async () => {
    const { value, text } = await get(
      `${first}/x`,
      { method: 'post', headers: [['authorization', 't']] },
      { payload: 'sent' },
    );
    const { status, statusText, url, headers } = value as {
      status: number;
      statusText: string;
      url: string;
      headers: [string, string][];
    };
    assert.deepEqual([status, statusText, url], [201, 'Created', `${first}/x`]);
    assert.ok(headers.some(([name, to]) => name === 'x-made' && to === 'yes'));
    assert.deepEqual(
      headers.filter(([name]) => name === 'set-cookie').map(([, to]) => to),
      ['a=1', 'b=2'],
    );
    assert.deepEqual(JSON.parse(text), { method: 'POST', url: '/x', authorization: 't', body: 'sent' });
  });

  for (const [url, host, port] of [
    ['http://example.org/a', 'example.org', 80],
    ['https://Example.ORG', 'example.org', 443],
    ['https://[::1]:8443/', '::1', 8443],
    ['http://2130706433/', '127.0.0.1', 80],
    ['http://0x7f.1/', '127.0.0.1', 80],
  ] as const) {
    it(`${url} is judged as ${host}:${port}`, async () => {
      assert.deepEqual(await effectsOf(fetch, { ...defaults, url }), [
        { category: 'network', operation: 'fetch', host, port },
      ]);
    });
  }

  it('a redirect to another host is judged anew, and takes no secret there', async () => {
    const told: Told = { judged: [], output: [] };
    const { text } = await get(`${first}/302/second`, { headers: [['Authorization', 'secret']] }, { told });
    assert.deepEqual(JSON.parse(text), { method: 'GET', url: '/there', authorization: null, body: '' });
    assert.deepEqual(told.judged, [
      { category: 'network', operation: 'fetch', host: '127.0.0.1', port: Number(new URL(second).port) },
    ]);
  });

  it('a redirect that is denied is not followed', async () => {
    const judge = async () => {
      throw new CapabilityError('denied', 'Not there.');
    };
    await assert.rejects(get(`${first}/302/second`, {}, { judge }), fails('denied', /Not there/));
  });

  it('a redirect on the same host is followed as the standard has it', async () => {
    const landed = async (status: number, method: string) => {
      const { text } = await get(
        `${first}/${status}/y`,
        { method, headers: [['authorization', 't']] },
        { payload: method === 'GET' ? '' : 'b' },
      );
      const seen = JSON.parse(text);
      return `${seen.method} ${seen.url} ${seen.body} ${seen.authorization}`;
    };
    assert.equal(await landed(301, 'POST'), 'GET /y  t');
    assert.equal(await landed(303, 'PUT'), 'GET /y  t');
    assert.equal(await landed(302, 'PUT'), 'PUT /y b t');
    assert.equal(await landed(307, 'POST'), 'POST /y b t');
  });

  it('what goes wrong is said', async () => {
    await assert.rejects(get(`${first}/loop`), fails('failed', /More than 20 redirects/));
    await assert.rejects(get(`${first}/away`), fails('failed', /redirects to "file:.*cannot be fetched/));
    await assert.rejects(get(`${first}/flood`), fails('failed', /larger than the 64 MiB/, 'EFBIG'));
    await assert.rejects(get(`${first}/silent`, { timeoutSeconds: 0.2 }), fails('timeout', /No answer.*0.2 s/));
    const { port } = new URL(first);
    await assert.rejects(
      get('http://127.0.0.1:1/'),
      (error: CapabilityError) => error.code === 'failed' && /127.0.0.1:1/.test(error.message),
    );
    await assert.rejects(get(`http://u:p@127.0.0.1:${port}/`), /user or a password/);
    for (const url of ['file:///etc/passwd', 'data:,x', 'ftp://a/', '/a', ''])
      await assert.rejects(get(url), /URL/, url);
    await assert.rejects(get(first, { headers: [['a b', 'c']] }), fails('invalid', /header "a b"/));
    await assert.rejects(
      get(first, { headers: [['a', 'secret\nx']] }),
      (error: Error) => !error.message.includes('secret'),
    );
  });

  it('ends when nobody waits for it any more', async () => {
    const abort = new AbortController();
    const running = get(`${first}/silent`, {}, { signal: abort.signal });
    abort.abort();
    await assert.rejects(running);
  });
});
