import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { DEFAULT_RETENTION, EmbeddedNetwork } from '../../../backend/durable/embedded-network.ts';
import type { Request } from '../../../backend/durable/sdk.ts';

interface Poller {
  group: string;
  pid: string;
  response: ServerResponse;
}

const ADDRESS = /^poll:\/\/(uni|any)@([^/]+)(?:\/(.+))?$/;

/**
 * Speaks the protocol of a Resonate server over the embedded state machine: requests by POST, messages by server-sent events.
 * Refuses what comes without the token.
 */
export async function startResonateServer(folder: string, token: string, port = 0) {
  const pollers = new Set<Poller>();
  const network = await EmbeddedNetwork.open({
    folder,
    retention: DEFAULT_RETENTION,
    snapshotBytes: 1024 * 1024,
    onFailure: () => {},
    onWarning: () => {},
    route: (address, message) => choose(pollers, address)?.response.write(`data: ${JSON.stringify(message)}\n\n`),
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers.authorization !== `Bearer ${token}`) {
      response.writeHead(401).end();
      return;
    }
    const poll = /^\/poll\/([^/]+)\/([^/]+)$/.exec(request.url ?? '');
    if (poll) {
      const [, group = '', pid = ''] = poll.map(decodeURIComponent);
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      const poller = { group, pid, response };
      pollers.add(poller);
      response.on('close', () => pollers.delete(poller));
      network.deliver();
      return;
    }
    const asked = (await json(request)) as Request;
    const result = await network.send(asked as Extract<Request, { kind: 'promise.get' }>);
    response.writeHead(result.head.status, { 'content-type': 'application/json' }).end(JSON.stringify(result));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => response.writeHead(500).end(error.message));
  });
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      await network.stop();
    },
  };
}

function choose(pollers: Set<Poller>, address: string): Poller | undefined {
  const [, how, group, pid] = ADDRESS.exec(address) ?? [];
  const ofGroup = [...pollers].filter((poller) => poller.group === group);
  return ofGroup.find((poller) => poller.pid === pid) ?? (how === 'any' ? ofGroup[0] : undefined);
}
