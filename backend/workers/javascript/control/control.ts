import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { unreachable } from '../../../protocol/unreachable.ts';
import type { ToWorker } from '../../../protocol/worker/index.ts';
import { Compiler } from '../compile/compile.ts';
import { openMemory, Word } from '../shared/memory.ts';
import type { CompiledCell, ControlData, FromMain, ToMain } from '../shared/messages.ts';
import { PROTOCOL } from '../shared/protocol.ts';
import { Canceller } from './canceller.ts';
import { CheckpointParts } from './checkpoint-parts.ts';
import { Connection } from './connection.ts';
import { Errands } from './errands.ts';
import { Executions } from './executions.ts';
import { startHeartbeat } from './heartbeat.ts';
import { Inspections } from './inspections.ts';
import { Inspector } from './inspector.ts';
import { Markers } from './markers.ts';
import { NamespaceView } from './namespace-view.ts';
import { OutputReader } from './output-reader.ts';
import { joinParts } from './parts.ts';
import { leave, vanish } from './process-end.ts';
import { Receipts } from './receipts.ts';
import { Requests } from './requests.ts';
import { TaskList } from './task-list.ts';
import { WakePace } from './wake-pace.ts';

const decoder = new TextDecoder();
/** A worker that has had nothing to do for so long waits in the pool. */
const REST_MS = 50;
/** Messages of the main thread that are handled in one turn. */
const MESSAGES_AT_ONCE = 1000;

/** The control thread: the protocol on one side, the main thread on the other. It runs no user code. */
export class Control {
  readonly #data: ControlData;
  readonly #main: MessagePort;
  readonly #inspector = new Inspector();
  readonly #connection: Connection;
  readonly #output: OutputReader;
  readonly #wakes = new WakePace();
  readonly #receipts: Receipts;
  readonly #namespace: NamespaceView;
  readonly #inspections: Inspections;
  readonly #requests: Requests;
  #executions: Executions | undefined;
  #tasks: TaskList | undefined;
  readonly #compiler = new Compiler();
  readonly #checkpointParts = new CheckpointParts();
  #errands: Errands | undefined;

  constructor(data: ControlData) {
    this.#data = data;
    this.#main = data.port;
    this.#connection = new Connection({
      message: (message, payload) => this.#receive(message, payload),
      closed: (reason) => vanish(reason),
      drained: () => {
        this.#receipts.give();
        this.#takeOutput();
      },
    });
    const congested = () => this.#connection.congested;
    this.#receipts = new Receipts(data.memory, congested);
    this.#output = new OutputReader(
      data.memory,
      (serial, stream, text) => {
        this.#connection.send({ type: 'output', executionId: this.#executions?.idOf(serial) ?? null, stream }, text);
      },
      congested,
    );
    this.#namespace = new NamespaceView(this.#inspector);
    this.#inspections = new Inspections(this.#inspector);
    this.#requests = new Requests({
      data,
      connection: this.#connection,
      executionOf: (serial) => this.#executions?.idOf(serial) ?? null,
      busy: () => this.#executions?.busy ?? false,
    });
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
        executions.add(message, decoder.decode(payload));
        return;
      case 'cancel':
        executions.cancel(message.executionId);
        return;
      case 'interrupt':
        executions.interrupt(message.executionId, message.rung);
        return;
      case 'capability_response':
        this.#requests.answer(message, payload);
        return;
      case 'policy': {
        const { type: _type, id: _id, timestamp: _timestamp, ...policy } = message;
        this.#requests.tellPolicy(policy);
        return;
      }
      case 'inspect':
        void this.#namespace.page(message.start, message.count).then((page) => {
          this.#connection.send({ type: 'inspected', replyTo: message.id, ...page });
        });
        return;
      case 'cancel_task':
        this.#tasks?.cancel(message.taskId, message.id);
        return;
      case 'inspect_value':
        void this.#inspect(message);
        return;
      case 'complete':
        void this.#inspections.complete(message.target, message).then((completions) => {
          this.#connection.send({ type: 'completed', replyTo: message.id, ...completions });
        });
        return;
      case 'edit_namespace':
        this.#errands?.edit(message);
        return;
      case 'read_value':
        this.#errands?.read(message);
        return;
      case 'checkpoint':
        this.#errands?.checkpoint(message);
        return;
      case 'restore_part':
        this.#checkpointParts.add(message, payload);
        return;
      case 'restore':
        this.#errands?.restore(message.id, this.#checkpointParts.take(payload, this.#compiler));
        return;
      case 'undo':
        this.#connection.send({
          type: 'undone',
          replyTo: message.id,
          outcome: { status: 'failed', message: 'Cells of JavaScript and TypeScript cannot be undone.' },
        });
        return;
      case 'shutdown':
        leave(this.#connection, this.#main, this.#inspector);
        return;
      default:
        unreachable(message);
    }
  }

  /** What the main thread cannot show now is shown as it was last seen, if it is a variable. */
  async #inspect({ id, target, start, count }: Extract<ToWorker, { type: 'inspect_value' }>): Promise<void> {
    const found = await this.#inspections.inspect(target, start, count);
    const known =
      found === undefined && target.path.length === 0 ? this.#namespace.known(target.expression.trim()) : null;
    const inspection = found ?? { value: known, text: known?.preview ?? '', children: [], total: 0 };
    this.#connection.send({ type: 'value_inspected', replyTo: id, ...inspection });
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
    const compiler = this.#compiler;
    const canceller = new Canceller(main, inspector, this.#data.memory, (error) => vanish(error.message));
    const errands = new Errands({
      connection,
      main,
      inspector,
      memory: this.#data.memory,
      namespace: (delta) => this.#namespace.apply(delta),
      busySince: () => (executions.wanted ? (executions.busySince ?? Date.now()) : null),
    });
    this.#errands = errands;
    const executions = new Executions({
      connection,
      main,
      markers: new Markers(marker),
      compiler,
      engineFile: this.#data.engineFile,
      canceller,
      namespace: (delta) => this.#namespace.apply(delta),
      ended: () => this.#tasks?.cellEnded(),
      whenFree: (action) => errands.whenOver(() => canceller.whenOver(action)),
    });
    this.#executions = executions;
    this.#tasks = new TaskList(connection, main, executions);
    connection.send({
      type: 'ready',
      protocol: PROTOCOL,
      pid: process.pid,
      version: process.versions.node,
      executable: process.execPath,
    });
    setTimeout(() => this.#warmUp(executions, compiler.warmUp()), REST_MS);
    startHeartbeat((vitals) => {
      const { busySince } = executions;
      connection.send({ type: 'heartbeat', ...vitals, namespaceSize: this.#namespace.size, busySince });
    });
  }

  /** Stops when there is a cell: from then on it would only be in the way. */
  #warmUp(executions: Executions, steps: Generator<void, readonly CompiledCell[]>): void {
    if (executions.used) return;
    const step = steps.next();
    if (step.done) {
      const message: ToMain = { kind: 'warm_up', cells: step.value };
      this.#main.postMessage(message);
    } else setImmediate(() => this.#warmUp(executions, steps));
  }

  #fromMain(message: FromMain): void {
    if (message.kind === 'wake') this.#woken();
    else this.#handle(message);
  }

  /** Until it is taken the main thread sends no other one. */
  #woken(): void {
    const delay = this.#wakes.delay();
    if (delay === 0) this.#takeOutput();
    else setTimeout(() => this.#takeOutput(), delay);
  }

  /**
   * Takes what is in the ring now, and each message in its place: one that was posted before that text was written waits in the
   * port already. Messages that keep coming must not keep the backend waiting: the rest is for a later turn.
   */
  #takeOutput(): void {
    let position = this.#output.written();
    for (let count = 0; count < MESSAGES_AT_ONCE; count++) {
      const next = receiveMessageOnPort(this.#main) as { message: FromMain } | undefined;
      if (!next) {
        this.#output.takeSome(position);
        return;
      }
      // A `wake` that is taken here does not come again: what it tells of is taken too.
      if (next.message.kind === 'wake') position = this.#output.written();
      else this.#handle(next.message);
    }
    setImmediate(() => this.#takeOutput());
  }

  #handle(message: Exclude<FromMain, { kind: 'wake' }>): void {
    this.#output.takeUntil(message.position);
    switch (message.kind) {
      case 'ready':
        void this.#namespace.connect();
        void this.#inspections.connect();
        return;
      case 'leaving':
        this.#connection.flush(() => this.#release());
        return;
      case 'done':
        this.#executions?.done(message);
        return;
      case 'abandoned':
        this.#executions?.abandoned(message);
        // A terminated writer may have left its wake-up unsent.
        this.#takeOutput();
        return;
      case 'tasks':
        this.#tasks?.changed(message);
        return;
      case 'task_cancelled':
        this.#tasks?.cancelled(message);
        return;
      case 'errand_done':
        this.#errands?.done(message);
        return;
      case 'display': {
        const { parts, payload } = joinParts(message.parts);
        const executionId = this.#executions?.idOf(message.serial) ?? null;
        this.#connection.send({ type: 'display', executionId, parts, sync: null }, payload);
        this.#receipts.add();
        return;
      }
      case 'request':
        this.#requests.ask(message);
        this.#receipts.add();
        return;
      case 'progress': {
        const executionId = this.#executions?.idOf(message.serial) ?? null;
        this.#connection.send({ type: 'progress', executionId, ...message.progress });
        this.#receipts.add();
        return;
      }
      default:
        unreachable(message);
    }
  }

  /** Lets the main thread exit. While the inspector is connected, an exit prints a line about a debugger. */
  #release(): void {
    const { words } = openMemory(this.#data.memory);
    this.#inspector.disconnect();
    Atomics.store(words, Word.released, 1);
    Atomics.notify(words, Word.released);
  }
}
