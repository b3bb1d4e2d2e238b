import net from 'node:net';
import { AttachSession, HelloMethod } from '../../backend/protocol/client/index.ts';
import { PROTOCOL_VERSION } from '../../backend/protocol/values.ts';
import { Connection } from '../../backend/rpc/connection.ts';
import { StateFolder } from '../../backend/rpc/state-folder.ts';
import { StreamTransport } from '../../backend/rpc/transport.ts';
import { VERSION } from '../../backend/version.ts';
import type { TestWorkspace } from './backend.ts';

/** A client that attaches to a session and then reads nothing until it is told to. */
export class StalledClient {
  readonly #transport: StreamTransport;
  /** Bodies of the events that it has read, in order. */
  readonly events: unknown[] = [];

  private constructor(transport: StreamTransport) {
    this.#transport = transport;
  }

  static async attach(
    workspace: TestWorkspace,
    sessionId: string,
    delivery: 'lossless' | 'lossy',
  ): Promise<StalledClient> {
    const folder = await StateFolder.of(workspace.path, workspace.env);
    const file = await folder.readBackendFile();
    if (file === undefined || file === 'corrupt') throw new Error('No backend runs.');
    const transport = new StreamTransport(net.connect(file.socket));
    const stalled = new StalledClient(transport);
    const connection = new Connection(transport);
    connection.onEvent((body) => stalled.events.push(body));
    connection.listen();
    await connection.request(HelloMethod, {
      protocol: PROTOCOL_VERSION,
      token: file.token,
      client: 'stalled',
      clientVersion: VERSION,
    });
    await connection.request(AttachSession, { sessionId, cursor: 0, delivery });
    transport.pause();
    return stalled;
  }

  resume(): void {
    this.#transport.resume();
  }

  close(): void {
    this.#transport.close();
  }
}
