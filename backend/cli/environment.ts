import type { Storage } from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';

const URL_NAME = 'HOLDFAST_DURABLE_URL';
const TOKEN_NAME = 'HOLDFAST_DURABLE_TOKEN';
const POSTGRES_NAME = 'HOLDFAST_DURABLE_POSTGRES';
const MACHINES_NAME = 'HOLDFAST_MACHINES_TOKEN';

/**
 * Where the environment says that durable promises are kept; undefined when it says nothing. Empty counts as not set.
 * @throws HoldfastError `invalid` when it names two places.
 */
export function storageOf(env: NodeJS.ProcessEnv): Storage | undefined {
  const url = env[URL_NAME] || undefined;
  const connectionString = env[POSTGRES_NAME] || undefined;
  if (url && connectionString)
    throw new HoldfastError(
      'invalid',
      `${URL_NAME} and ${POSTGRES_NAME} name two places for durable promises: set one.`,
    );
  if (url) return { kind: 'server', url, token: env[TOKEN_NAME] || null };
  return connectionString ? { kind: 'postgres', connectionString } : undefined;
}

/** What lets sessions run on other machines; undefined when the environment does not say. */
export function machinesTokenOf(env: NodeJS.ProcessEnv): string | undefined {
  return env[MACHINES_NAME] || undefined;
}

/** An environment for a backend: programs of its sessions inherit it, and need not know what opens the storage and other machines. */
export function withoutSecrets(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const secret: readonly string[] = [URL_NAME, TOKEN_NAME, POSTGRES_NAME, MACHINES_NAME];
  return Object.fromEntries(Object.entries(env).filter(([name]) => !secret.includes(name)));
}
