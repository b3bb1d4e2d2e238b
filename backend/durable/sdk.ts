/**
 * The one importer of `@resonatehq/sdk` (exact version: ids and protocol change between patch releases; FACTS.md).
 * Only what is durable in this project's sense leaves this file: the `/async` engine, and the networks.
 */
import './with-resolvers.ts';

export type { Message, Network, PromiseRecord, Request, Response } from '@resonatehq/sdk';
export { HttpNetwork, LocalNetwork, Never, PollMessageSource } from '@resonatehq/sdk';
export { type Context, Resonate } from '@resonatehq/sdk/async';

/** Loads the Postgres network; `pg` with its first request. */
export async function loadPostgresNetwork() {
  return (await import('@resonatehq/sdk/postgres')).PostgresNetwork;
}

/** Of the wire protocol; the SDK does not export its own. */
export const PROTOCOL_VERSION = '2026-04-01';
