import type { Variable } from '../../backend/protocol/values.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';

const PAGE = 1000;

/** The first variables of a session, and how many it has in all. @throws HoldfastError */
export async function readNamespace(
  client: BackendClient,
  sessionId: string,
  most: number,
): Promise<{ readonly variables: readonly Variable[]; readonly total: number }> {
  const variables: Variable[] = [];
  let total = Number.POSITIVE_INFINITY;
  // A page may be shorter than asked for: what fits into a frame.
  while (variables.length < Math.min(total, most)) {
    const page = await client.call('ListNamespace', { sessionId, start: variables.length, count: PAGE });
    total = page.total;
    if (page.variables.length === 0) break;
    variables.push(...page.variables);
  }
  return { variables, total };
}
