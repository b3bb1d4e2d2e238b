import type * as protocol from '../protocol/client/index.ts';
import type { ParamsOf, ResultOf } from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { SessionWorker } from './session-worker.ts';

type Without<Method> = Omit<ParamsOf<Method>, 'sessionId'>;

const NO_WORKER = 'The session runs nothing: it has no worker. Run a cell, or restart the session, and try again.';

/** A page of the namespace, empty while the worker starts. @throws HoldfastError `timeout`, `closed` */
export async function listNamespace(
  worker: SessionWorker,
  page: Without<typeof protocol.ListNamespace>,
): Promise<ResultOf<typeof protocol.ListNamespace>> {
  const reply = await worker.ask({ type: 'inspect', ...page }, 'inspected');
  return reply ? { variables: reply.message.variables, total: reply.message.total } : { variables: [], total: 0 };
}

/** What is not there while the worker starts is no value. @throws HoldfastError `timeout`, `closed` */
export async function inspectValue(
  worker: SessionWorker,
  request: Without<typeof protocol.InspectNamespaceValue>,
): Promise<ResultOf<typeof protocol.InspectNamespaceValue>> {
  const reply = await worker.ask({ type: 'inspect_value', ...request }, 'value_inspected');
  if (!reply) return { value: null, text: '', children: [], total: 0 };
  const { value, text, children, total } = reply.message;
  return { value, text, children, total };
}

/** @throws HoldfastError `timeout`, `closed` */
export async function complete(
  worker: SessionWorker,
  request: Without<typeof protocol.CompleteNamespace>,
): Promise<ResultOf<typeof protocol.CompleteNamespace>> {
  const reply = await worker.ask({ type: 'complete', ...request }, 'completed');
  return reply ? { items: reply.message.items, truncated: reply.message.truncated } : { items: [], truncated: false };
}

/** @throws HoldfastError `timeout`, `closed`, `unavailable` */
export async function editNamespace(
  worker: SessionWorker,
  { edit }: Without<typeof protocol.EditSessionNamespace>,
): Promise<ResultOf<typeof protocol.EditSessionNamespace>> {
  const reply = await worker.ask({ type: 'edit_namespace', edit }, 'namespace_edited');
  if (!reply) throw new HoldfastError('unavailable', NO_WORKER);
  return reply.message.outcome;
}

/** @throws HoldfastError `timeout`, `closed`, `unavailable` */
export async function readValue(
  worker: SessionWorker,
  request: Without<typeof protocol.ReadNamespaceValue>,
): Promise<{ readonly outcome: ResultOf<typeof protocol.ReadNamespaceValue>; readonly payload: Uint8Array }> {
  const reply = await worker.ask({ type: 'read_value', ...request }, 'value_read');
  if (!reply) throw new HoldfastError('unavailable', NO_WORKER);
  return { outcome: reply.message.outcome, payload: reply.payload };
}

/** @throws HoldfastError `timeout`, `closed`, `unavailable` */
export async function cancelTask(
  worker: SessionWorker,
  { taskId }: Without<typeof protocol.CancelTask>,
): Promise<ResultOf<typeof protocol.CancelTask>> {
  const reply = await worker.ask({ type: 'cancel_task', taskId }, 'task_cancelled');
  if (!reply) throw new HoldfastError('unavailable', NO_WORKER);
  return { status: reply.message.status };
}
