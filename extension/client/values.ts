import type { CompleteNamespace, InspectNamespaceValue } from '../../backend/protocol/client/index.ts';
import type { ParamsOf, ResultOf } from '../../backend/protocol/client/method.ts';
import type { Edit, EditOutcome, Reading, ReadOutcome, Target } from '../../backend/protocol/inspection.ts';
import type { RequestOptions } from '../../backend/rpc/connection.ts';
import type { Sessions } from './sessions.ts';

export type InspectedValue = ResultOf<typeof InspectNamespaceValue>;
export type Completions = ResultOf<typeof CompleteNamespace>;

/** How long to wait for an answer, in milliseconds, and what takes the question back. */
export type Patience = Pick<RequestOptions, 'deadline' | 'signal'>;

/** Asks sessions for their values and changes them. Every call @throws HoldfastError */
export class Values {
  readonly #sessions: Sessions;

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
  }

  async inspect(params: ParamsOf<typeof InspectNamespaceValue>, patience: Patience): Promise<InspectedValue> {
    return await (await this.#sessions.client()).call('InspectNamespaceValue', params, patience);
  }

  async complete(params: ParamsOf<typeof CompleteNamespace>, patience: Patience): Promise<Completions> {
    return await (await this.#sessions.client()).call('CompleteNamespace', params, patience);
  }

  async edit(sessionId: string, edit: Edit): Promise<EditOutcome> {
    return await (await this.#sessions.client()).call('EditSessionNamespace', { sessionId, edit });
  }

  async read(
    sessionId: string,
    target: Target,
    reading: Reading,
  ): Promise<{ readonly outcome: ReadOutcome; readonly payload: Uint8Array }> {
    const client = await this.#sessions.client();
    const { result, payload } = await client.callForBytes('ReadNamespaceValue', { sessionId, target, reading });
    return { outcome: result, payload };
  }
}
