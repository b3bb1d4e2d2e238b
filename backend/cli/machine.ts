import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import { Durable } from '../durable/durable.ts';
import { probe } from '../durable/probe.ts';
import { checkStorage, placeOf } from '../durable/storage.ts';
import { log } from '../log.ts';
import { makeIdentity } from '../machines/certificate.ts';
import { MachineHost } from '../machines/host.ts';
import { Presence } from '../machines/presence.ts';
import type { Storage } from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import { Group, MachineToken } from '../protocol/machine.ts';
import { workerEnvironment } from '../sessions/environment.ts';
import { outputPipes } from '../sessions/worker-pipes.ts';
import type { LanguageId } from '../workers/language.ts';
import { EXIT, exitWith } from './failure.ts';

export interface MachineServing {
  readonly group: string;
  /** `host:port` to listen on. */
  readonly listen: string;
  /** `host:port` that others connect to; null for the one that is listened on. */
  readonly address: string | null;
  readonly storage: Storage | null;
  readonly token: string | null;
  /** Where code runs. Absolute path. */
  readonly workspace: string;
  readonly interpreters: Readonly<Partial<Record<LanguageId, string | undefined>>>;
}

/**
 * Takes sessions of other machines for a group until the process is asked to end, which it does then. Connections are TLS, and none gets
 * further that does not know the token. What it is given is plain data: this bundle has classes of its own.
 */
export function serve(serving: MachineServing): void {
  run(serving).then(() => process.exit(EXIT.succeeded), exitWith);
}

/** @throws HoldfastError `invalid`, `unavailable`, in words */
async function run(serving: MachineServing): Promise<void> {
  const { workspace, interpreters } = serving;
  const group = checked(Group, serving.group);
  if (serving.token === null)
    throw new HoldfastError(
      'invalid',
      'Set HOLDFAST_MACHINES_TOKEN to the token that your machines share (openssl rand -hex 32 makes one).',
    );
  const token = checked(MachineToken, serving.token);
  const { storage } = serving;
  if (storage === null || storage.kind === 'embedded')
    throw new HoldfastError(
      'invalid',
      'Say with --url, HOLDFAST_DURABLE_URL or HOLDFAST_DURABLE_POSTGRES in which durable storage machines find each other.',
    );
  checkStorage(storage);
  if (!(await stat(workspace).catch(() => undefined))?.isDirectory())
    throw new HoldfastError('unavailable', `There is no folder ${workspace}.`);
  const at = hostAndPort(serving.listen);
  if (serving.address === null && net.isIP(at.host) !== 0 && /^(0\.0\.0\.0|::)$/.test(at.host))
    throw new HoldfastError('invalid', `Say with --address what others connect to: nobody can connect to ${at.host}.`);

  await probe(storage);
  const identity = makeIdentity();
  const env = workerEnvironment(process.env);
  const host = new MachineHost({
    identity,
    token,
    workspace,
    workers: path.join(__dirname, 'workers'),
    env,
    interpreters,
  });
  outputPipes.prepare();
  const port = await host.listen(at.host, at.port).catch((error: NodeJS.ErrnoException) => {
    throw new HoldfastError('unavailable', `${serving.listen} cannot be listened on (${error.code}).`);
  });
  const address = serving.address ?? `${net.isIPv6(at.host) ? `[${at.host}]` : at.host}:${port}`;
  hostAndPort(address);
  const durable = await Durable.open({ network: storage, group: `machine-${randomUUID()}`, log });
  const { fingerprint } = identity;
  const registration = { machineId: randomUUID(), group, host: os.hostname(), address, since: Date.now(), fingerprint };
  const presence = new Presence(durable, registration, token);
  try {
    await presence.enter();
    process.stdout.write(
      `Takes sessions for ${group} at ${address}, in ${workspace}, known to ${placeOf(storage)}. Ctrl+C ends it.\n`,
    );
    await Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)));
    await presence.leave();
  } finally {
    await host.close();
    await durable.close();
  }
}

function hostAndPort(text: string): { host: string; port: number } {
  const [, host = '', port = ''] = /^\[?(.+?)\]?:(\d{1,5})$/.exec(text) ?? [];
  if (host === '' || Number(port) > 65_535)
    throw new HoldfastError('invalid', `"${text}" is not of the form host:port.`);
  return { host, port: Number(port) };
}

function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new HoldfastError('invalid', parsed.error.issues[0]?.message ?? z.prettifyError(parsed.error));
}
