import type { Sessions } from './sessions.ts';

/** Small enough that cleaning one does not hold up the extension host. Bytes. */
const PAGE_BYTES = 512 * 1024;

export interface OutputPage {
  readonly bytes: Uint8Array;
  /** Bytes that are kept. */
  readonly kept: number;
  /** Why not all of it is kept, in words; null when it is. */
  readonly cut: string | null;
}

/** One page of what an execution printed; null as id: between executions. @throws HoldfastError `not_found` when it is not kept */
export async function readOutputPage(
  sessions: Sessions,
  sessionId: string,
  executionId: string | null,
  start: number,
  count = PAGE_BYTES,
): Promise<OutputPage> {
  const client = await sessions.client();
  const { result, payload } = await client.callForBytes('ReadOutput', { sessionId, executionId, start, count });
  return { bytes: payload, kept: result.kept, cut: result.cut };
}

/** All that is kept, page by page. What is printed meanwhile comes too. */
export async function* outputPages(
  sessions: Sessions,
  sessionId: string,
  executionId: string | null,
): AsyncGenerator<OutputPage> {
  for (let start = 0; ; ) {
    const page = await readOutputPage(sessions, sessionId, executionId, start);
    yield page;
    start += page.bytes.length;
    if (page.bytes.length === 0 || start >= page.kept) return;
  }
}
