import type { Provider } from './capabilities/external.ts';
import type { OpenPrompts } from './capabilities/open-prompts.ts';
import type { DurablePromises } from './durable/durable-promises.ts';
import type { ExecutionHistory } from './durable/execution-history.ts';
import type { StepStore } from './durable/steps/step-store.ts';
import { checkStorage } from './durable/storage.ts';
import { logError } from './log.ts';
import type { Machines } from './machines/machines.ts';
import * as protocol from './protocol/client/index.ts';
import { HoldfastError, ProtocolError } from './protocol/errors.ts';
import type { Connection } from './rpc/connection.ts';
import { createCheckpoint, restoreCheckpoint } from './sessions/checkpoint-requests.ts';
import type { Delivery, LoggedEvent, Reader } from './sessions/event-log.ts';
import * as requests from './sessions/namespace-requests.ts';
import type { Session } from './sessions/session.ts';
import type { Sessions } from './sessions/sessions.ts';
import { undoCell } from './sessions/undo-cell.ts';

/** What a page of a list may take of a frame's header. */
const MAX_PAGE_BYTES = 500_000;

/** What one client's requests work on. */
export interface MethodHost {
  readonly sessions: Sessions;
  readonly promises: DurablePromises;
  readonly machines: Machines;
  readonly history: ExecutionHistory;
  /** Who the client says it is. */
  readonly client: string;
  status(): protocol.BackendStatus;
}

/** Answers a client that has said hello. When its connection closes, its readers and its ephemeral sessions go. */
export function registerMethods(
  connection: Connection,
  { sessions, promises, machines, history, client, status }: MethodHost,
): void {
  const readers = new Map<Session, Reader>();
  const ephemeral = new Set<Session>();
  const detach = (session: Session) => {
    const reader = readers.get(session);
    if (reader) session.journal.events.detach(reader);
    readers.delete(session);
  };
  const remove = (session: Session) =>
    sessions.remove(session).catch((error) => logError('A session could not be ended', error));
  connection.onClose(() => {
    for (const session of readers.keys()) detach(session);
    for (const session of ephemeral) void remove(session);
  });

  connection.handle(protocol.StatusMethod, () => status());
  connection.handle(protocol.Configure, (settings) => {
    sessions.settings = settings;
    void sessions.runLeft();
    return {};
  });
  connection.handle(protocol.TestStorage, async ({ storage }) => {
    checkStorage(storage);
    const { probe } = await import('./durable/probe.ts');
    await probe(storage);
    return {};
  });
  connection.handle(protocol.RetryDurability, async () => ({ durability: await promises.retry() }));
  connection.handle(protocol.UseStorage, ({ storage }) => {
    promises.use(storage);
    return { durability: promises.status };
  });
  connection.handle(protocol.UseMachines, ({ token }) => {
    machines.token = token;
    return {};
  });
  connection.handle(protocol.ListMachines, async () => ({ machines: await machines.list() }));
  connection.handle(protocol.ListSessions, () => ({ sessions: sessions.all.map(({ info }) => info) }));
  connection.handle(protocol.CreateSession, async (params) => {
    const { session, created } = await sessions.create({
      ...params,
      security: params.security ?? null,
      floor: params.floor ?? false,
      group: params.group ?? null,
    });
    if (created && params.ephemeral) {
      ephemeral.add(session);
      if (connection.closed) await remove(session);
    }
    return { session: session.info, created };
  });
  connection.handle(protocol.RestartSession, async ({ sessionId }) => {
    const session = sessions.get(sessionId);
    const checkpoint = await sessions.restart(session);
    return { session: session.info, checkpoint };
  });
  connection.handle(protocol.UndoCell, async ({ sessionId }) => ({
    executionId: await undoCell(sessions.get(sessionId)),
  }));
  connection.handle(protocol.RenameSession, async ({ sessionId, name }) => {
    const session = sessions.get(sessionId);
    await sessions.rename(session, name);
    return { session: session.info };
  });
  connection.handle(protocol.InterruptSession, async ({ sessionId }) => ({
    cancelled: await sessions.get(sessionId).executions.interrupt(),
  }));
  connection.handle(protocol.KillSession, async ({ sessionId }) => ({
    checkpoint: await sessions.remove(sessions.get(sessionId)),
  }));
  connection.handle(protocol.AttachSession, ({ sessionId, cursor, delivery }) => {
    const session = sessions.get(sessionId);
    detach(session);
    const reader = attach(connection, session, cursor, delivery, () => readers.get(session) === reader);
    readers.set(session, reader);
    return { session: session.info, cursor: session.journal.events.sequence };
  });
  connection.handle(protocol.DetachSession, ({ sessionId }) => {
    detach(sessions.get(sessionId));
    return {};
  });
  connection.handle(
    protocol.Execute,
    async ({ sessionId, origin = 'person', security = null, ...request }, { payload }) => {
      if (payload.length > protocol.MAX_CODE_BYTES) {
        throw new HoldfastError('invalid', `The cell is larger than ${protocol.MAX_CODE_BYTES / 1024 ** 2} MiB.`);
      }
      const left = sessions.runLeft();
      if (left) await left;
      const position = sessions
        .get(sessionId)
        .executions.execute({ ...request, origin, security, client, code: payload });
      // It may have begun, and ended, by now; the answer says that it will not be forgotten.
      await history.kept(request.executionId);
      return { position };
    },
  );
  connection.handle(protocol.CancelExecution, async ({ sessionId, executionId }) => {
    await sessions.get(sessionId).executions.cancel(executionId);
    return {};
  });
  connection.handle(protocol.ClearQueue, ({ sessionId }) => ({
    cancelled: sessions.get(sessionId).executions.clearQueue(),
  }));
  connection.handle(protocol.MoveExecution, ({ sessionId, executionId, position }) => {
    sessions.get(sessionId).executions.move(executionId, position);
    return {};
  });
  connection.handle(protocol.ReadOutput, async ({ sessionId, executionId, start, count }, { reply }) => {
    const session = sessions.all.find(({ id }) => id === sessionId);
    const ours = session?.journal.knows(executionId) ? session.journal : undefined;
    const source = ours ?? history.outputOf(sessionId);
    const { bytes, ...page } = await source.readOutput(executionId, start, count);
    reply(bytes);
    return page;
  });
  const workerOf = (sessionId: string) => sessions.get(sessionId).worker;
  connection.handle(protocol.CancelTask, ({ sessionId, ...request }) =>
    requests.cancelTask(workerOf(sessionId), request),
  );
  connection.handle(protocol.ListNamespace, ({ sessionId, ...page }) =>
    requests.listNamespace(workerOf(sessionId), page),
  );
  connection.handle(protocol.InspectNamespaceValue, ({ sessionId, ...request }) =>
    requests.inspectValue(workerOf(sessionId), request),
  );
  connection.handle(protocol.CompleteNamespace, ({ sessionId, ...request }) =>
    requests.complete(workerOf(sessionId), request),
  );
  connection.handle(protocol.EditSessionNamespace, ({ sessionId, ...request }) =>
    requests.editNamespace(workerOf(sessionId), request),
  );
  connection.handle(protocol.ReadNamespaceValue, async ({ sessionId, ...request }, { reply }) => {
    const { outcome, payload } = await requests.readValue(workerOf(sessionId), request);
    reply(payload);
    return outcome;
  });
  connection.handle(protocol.ReadHistory, async ({ count }) => ({ executions: await history.list(count) }));
  connection.handle(protocol.ReadResult, async ({ executionId }, { reply }) => {
    const { payload, ...result } = await history.result(executionId);
    reply(payload);
    return result;
  });
  connection.handle(protocol.ReadSource, async ({ executionId }, { reply }) => {
    const { code, ...source } = await history.source(executionId);
    reply(new TextEncoder().encode(code));
    return source;
  });
  registerCheckpointMethods(connection, sessions);
  registerStepMethods(connection, sessions.steps);
  registerSecurityMethods(connection, sessions);
  registerExternalMethods(connection, sessions);
  connection.handle(protocol.ListPrompts, () => ({
    prompts: sessions.all.flatMap(({ broker }) => broker.prompts.all),
  }));
  connection.handle(protocol.AnswerPrompt, async ({ promptId, value }) => {
    await promptsOf(sessions, promptId).answer(promptId, value);
    return {};
  });
  connection.handle(protocol.ClosePrompt, async ({ promptId }) => {
    await promptsOf(sessions, promptId).refuse(promptId);
    return {};
  });
}

function registerCheckpointMethods(connection: Connection, sessions: Sessions): void {
  const store = sessions.checkpoints;
  connection.handle(protocol.CreateCheckpoint, async ({ sessionId, name }) => {
    const limits = sessions.settings.checkpoints;
    const made = { name: name ?? new Date().toISOString(), givesWay: false, limits };
    const session = sessions.get(sessionId);
    const { checkpoint, variables } = await createCheckpoint(session, store, made);
    return { checkpoint, variables: [...variables] };
  });
  connection.handle(protocol.ListCheckpoints, async () => ({ checkpoints: await store.list() }));
  connection.handle(protocol.ReadCheckpoint, async ({ checkpointId }) => {
    const { info, manifest } = await store.read(checkpointId);
    return { checkpoint: info, variables: manifest.variables };
  });
  connection.handle(protocol.RestoreCheckpoint, async ({ sessionId, ...request }) => {
    const session = sessions.get(sessionId);
    await session.wake();
    await session.worker.untilStarted();
    return await restoreCheckpoint(session, store, request);
  });
  connection.handle(protocol.RenameCheckpoint, async ({ checkpointId, name }) => ({
    checkpoint: await store.rename(checkpointId, name),
  }));
  connection.handle(protocol.RemoveCheckpoint, async ({ checkpointId }) => {
    await store.remove(checkpointId);
    return {};
  });
  connection.handle(protocol.ExportCheckpoint, async ({ checkpointId, file }) => ({
    bytes: await store.export(checkpointId, file),
  }));
  connection.handle(protocol.ImportCheckpoint, async ({ file, name }) => ({
    checkpoint: await store.import(file, name),
  }));
}

function registerStepMethods(connection: Connection, store: StepStore): void {
  connection.handle(protocol.ListSteps, async ({ start }) => {
    const steps = await store.list();
    const page: protocol.KeptStep[] = [];
    let left = MAX_PAGE_BYTES;
    for (const step of steps.slice(start)) {
      left -= Buffer.byteLength(JSON.stringify(step));
      if (left < 0) break;
      page.push(step);
    }
    const next = start + page.length;
    return { steps: page, next: next < steps.length ? next : null };
  });
  connection.handle(protocol.ForgetSteps, async ({ stepIds, cellId }) => {
    const wanted = stepIds && new Set(stepIds);
    const fits = (step: protocol.KeptStep) =>
      (wanted === null || wanted.has(step.stepId)) && (cellId === null || step.cellId === cellId);
    return { forgotten: await store.forget(fits) };
  });
}

/** Starts to send a session's events, behind the answer that tells the client what to expect. */
function attach(
  connection: Connection,
  session: Session,
  cursor: number,
  delivery: Delivery,
  wanted: () => boolean,
): Reader {
  const reader: Reader = {
    deliver: (event) => sendSessionEvent(connection, session.id, event),
    ready: () => connection.drained(),
  };
  setImmediate(() => {
    if (wanted() && !connection.closed) session.journal.events.attach(reader, cursor, delivery);
  });
  return reader;
}

function sendSessionEvent(
  connection: Connection,
  sessionId: string,
  { sequence, at, body, payload }: LoggedEvent,
): boolean {
  const event: protocol.BackendEvent = { event: 'session_event', sessionId, sequence, at, body };
  try {
    return connection.sendEvent(event, payload);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    logError(`Event ${sequence} of ${sessionId} does not fit into a frame`, error);
    return connection.sendEvent({ ...event, body: { kind: 'dropped', bytes: payload.length } });
  }
}

function registerSecurityMethods(connection: Connection, sessions: Sessions): void {
  const { grants, audit } = sessions.security;
  connection.handle(protocol.SetSessionLevel, async ({ sessionId, level }) => {
    await sessions.setLevel(sessions.get(sessionId), level);
    return {};
  });
  connection.handle(protocol.ListGrants, async () => ({ grants: await grants.list() }));
  connection.handle(protocol.RevokeGrant, async ({ grantId }) => {
    await grants.revoke(grantId);
    return {};
  });
  connection.handle(protocol.ReadAudit, async ({ count }) => ({ entries: await audit.tail(count), file: audit.file }));
}

/** What this client offers to programs goes with its connection. */
function registerExternalMethods(connection: Connection, { external }: Sessions): void {
  const tell = (event: protocol.BackendEvent) => void connection.sendEvent(event);
  const provider: Provider = {
    called: (call) => tell({ event: 'capability_called', call }),
    cancelled: (callId) => tell({ event: 'capability_cancelled', callId }),
  };
  connection.onClose(() => external.leave(provider));
  connection.handle(protocol.RegisterCapability, (offer) => {
    external.register(offer, provider);
    return {};
  });
  connection.handle(protocol.UnregisterCapability, ({ name }) => {
    external.unregister(name, provider);
    return {};
  });
  connection.handle(protocol.ListExternal, () => ({ capabilities: external.all }));
  connection.handle(protocol.AnswerCall, ({ callId, answer }) => {
    external.answer(callId, provider, answer);
    return {};
  });
}

/** @throws HoldfastError `conflict` when no program waits for that prompt. */
function promptsOf(sessions: Sessions, promptId: string): OpenPrompts {
  const session = sessions.all.find(({ broker }) => broker.prompts.has(promptId));
  if (session) return session.broker.prompts;
  throw new HoldfastError('conflict', 'That question has been answered already, or its program has ended.');
}
