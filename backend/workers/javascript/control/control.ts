import type { MessagePort } from 'node:worker_threads';
import type { ToWorker } from '../../../protocol/worker/index.ts';
import { Compiler } from '../compile/compile.ts';
import { openMemory, Word } from '../shared/memory.ts';
import type { ControlData, FromMain, ToMain } from '../shared/messages.ts';
import { PROTOCOL } from '../shared/protocol.ts';
import { CancelLadder } from './cancel-ladder.ts';
import { Connection } from './connection.ts';
import { Executions } from './executions.ts';
import { startHeartbeat } from './heartbeat.ts';
import { Inspector } from './inspector.ts';
import { Markers } from './markers.ts';
import { NamespaceView } from './namespace-view.ts';
import { OutputReader } from './output-reader.ts';
import { joinParts } from './parts.ts';
import { leave, vanish } from './process-end.ts';

const decoder = new TextDecoder();

/** The control thread: the protocol on one side, the main thread on the other. It runs no user code. */
export class Control {
  readonly #data: ControlData;
  readonly #main: MessagePort;
  readonly #inspector = new Inspector();
  readonly #connection: Connection;
  readonly #output: OutputReader;
  readonly #namespace: NamespaceView;
  #executions: Executions | undefined;

  constructor(data: ControlData) {
    this.#data = data;
    this.#main = data.port;
    this.#connection = new Connection({
      message: (message, payload) => this.#receive(message, payload),
      closed: (reason) => vanish(reason),
      drained: () => this.#output.takeSome(),
    });
    this.#output = new OutputReader(
      data.memory,
      (serial, stream, text) => {
        this.#connection.send({ type: 'output', executionId: this.#executions?.idOf(serial) ?? null, stream }, text);
      },
      () => this.#connection.congested,
    );
    this.#namespace = new NamespaceView(this.#inspector);
  }

  listen(): void {
    this.#main.on('message', (message: FromMain) => this.#fromMain(message));
  }

  #receive(message: ToWorker, payload: Uint8Array): void {
    if (message.type === 'hello') {
      this.#greet(message);
      return;
    }
    const executions = this.#executions;
    if (!executions) {
      vanish(`The first message must be "hello", not "${message.type}".`);
      return;
    }
    switch (message.type) {
      case 'execute':
        executions.add(message.executionId, decoder.decode(payload), message.dialect, message.source);
        return;
      case 'cancel':
        executions.cancel(message.executionId);
        return;
      case 'interrupt':
        executions.interrupt(message.executionId, message.rung);
        return;
      case 'capability_response':
        this.#answer(message);
        return;
      case 'inspect':
        void this.#namespace.page(message.start, message.count).then((page) => {
          this.#connection.send({ type: 'inspected', replyTo: message.id, ...page });
        });
        return;
      case 'shutdown':
        leave(this.#connection, this.#main, this.#inspector);
        return;
      default:
        unreachable(message);
    }
  }

  #greet({ protocol, marker }: Extract<ToWorker, { type: 'hello' }>): void {
    if (protocol !== PROTOCOL) {
      vanish(`The backend speaks protocol ${protocol}, this worker ${PROTOCOL}. Restart the backend.`);
      return;
    }
    const { connection, inspector, main } = {
      connection: this.#connection,
      inspector: this.#inspector,
      main: this.#main,
    };
    const executions = new Executions({
      connection,
      main,
      markers: new Markers(marker),
      compiler: new Compiler(),
      engineFile: this.#data.engineFile,
      ladder: new CancelLadder(main, inspector, this.#data.memory, (error) => vanish(error.message)),
      namespace: (delta) => this.#namespace.apply(delta),
    });
    this.#executions = executions;
    connection.send({
      type: 'ready',
      protocol: PROTOCOL,
      pid: process.pid,
      version: process.versions.node,
      executable: process.execPath,
    });
    startHeartbeat((vitals) => {
      const { busySince } = executions;
      connection.send({ type: 'heartbeat', ...vitals, namespaceSize: this.#namespace.size, busySince });
    });
  }

  #fromMain(message: FromMain): void {
    if (message.kind === 'wake') {
      this.#output.takeSome();
      return;
    }
    this.#output.takeUntil(message.position);
    switch (message.kind) {
      case 'ready':
        void this.#namespace.connect();
        return;
      case 'leaving':
        this.#inspector.disconnect();
        Atomics.store(openMemory(this.#data.memory).words, Word.released, 1);
        Atomics.notify(openMemory(this.#data.memory).words, Word.released);
        return;
      case 'done':
        this.#executions?.done(message);
        return;
      case 'abandoned':
        // A terminated writer may have left its wake-up unsent.
        this.#output.takeUntil(this.#output.written);
        this.#output.takeSome();
        this.#executions?.abandoned(message);
        return;
      case 'display': {
        const { parts, payload } = joinParts(message.parts);
        const executionId = this.#executions?.idOf(message.serial) ?? null;
        this.#connection.send({ type: 'display', executionId, parts, sync: null }, payload);
        return;
      }
      case 'request': {
        const { requestId, serial, capability, parameters, location } = message;
        const executionId = this.#executions?.idOf(serial) ?? null;
        this.#connection.send({
          type: 'capability_request',
          requestId,
          executionId,
          capability,
          parameters: { ...parameters },
          location,
          sync: null,
        });
        return;
      }
      default:
        unreachable(message);
    }
  }

  /** Both ways, since only the main thread knows whether it blocks on this answer or awaits it. */
  #answer({ requestId, answer }: Extract<ToWorker, { type: 'capability_response' }>): void {
    const message: ToMain = { kind: 'answer', requestId, answer };
    const { words } = openMemory(this.#data.memory);
    this.#main.postMessage(message);
    this.#data.answers.postMessage(message);
    Atomics.add(words, Word.answered, 1);
    Atomics.notify(words, Word.answered);
  }
}

function unreachable(value: never): never {
  throw new Error(`Unexpected ${JSON.stringify(value)}`);
}
