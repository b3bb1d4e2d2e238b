import tls from 'node:tls';
import type { DurablePromises } from '../durable/durable-promises.ts';
import { log } from '../log.ts';
import type { Machine } from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import { MachineHello, StartWorker, type ToMachine } from '../protocol/machine.ts';
import { type LanguageId, PROTOCOL_VERSION } from '../protocol/values.ts';
import { VERSION } from '../version.ts';
import { Line } from './line.ts';
import { type Registration, unseal } from './registration.ts';
import type { StartedWorker } from './remote-worker.ts';

/** Of promises by which machines say that they are there. */
export const MACHINE_TAGS = (group?: string) => ({
  'holdfast-kind': 'machine',
  ...(group !== undefined && { 'holdfast-group': group }),
});
const CONNECT_MS = 5_000;
/** Looking for an interpreter may run programs. */
const START_MS = 30_000;

/** The machines that take sessions for a group, as the durable storage knows them. */
export class Machines {
  readonly #promises: DurablePromises;
  #token: string | null = null;

  constructor(promises: DurablePromises) {
    this.#promises = promises;
  }

  set token(token: string | null) {
    this.#token = token;
  }

  /** @throws HoldfastError `unavailable`, saying what is missing */
  async list(): Promise<Machine[]> {
    const found = await this.#find(undefined);
    return found.map(({ group, host, address, since }) => ({ group, host, address, since }));
  }

  /** Starts a worker on one of the group that takes it, any of them first. @throws HoldfastError `unavailable` */
  async start(group: string, language: LanguageId): Promise<StartedWorker> {
    const all = await this.#find(group);
    if (all.length === 0)
      throw unavailable(`No machine of the group "${group}" is there. On one: holdfast worker --group ${group}`);
    const failures: string[] = [];
    for (const machine of shuffled(all)) {
      try {
        return await this.#startOn(machine, language);
      } catch (error) {
        const why = `${machine.host} (${machine.address}): ${(error as Error).message}`;
        log(`A machine of the group ${group} did not take a session. ${why}`);
        failures.push(why);
      }
    }
    throw unavailable(`No machine of the group "${group}" can be reached. ${failures.join(' ')}`);
  }

  async #find(group: string | undefined): Promise<Registration[]> {
    if (this.#token === null)
      throw unavailable(
        'For sessions on other machines set their token: HOLDFAST_MACHINES_TOKEN for the command line, "Holdfast: Set Token of Machines…" in an editor.',
      );
    if (this.#promises.status.storage === 'embedded')
      throw unavailable(
        'Machines find each other by a durable storage that they share, a Resonate server or Postgres: "Holdfast: Set Durable Storage…", or HOLDFAST_DURABLE_URL.',
      );
    const durable = await this.#promises.available();
    const found = new Map<string, Registration>();
    for await (const { data } of durable.search({ state: 'pending', tags: MACHINE_TAGS(group), shared: true })) {
      const registration = unseal(data, this.#token);
      if (registration && (group === undefined || registration.group === group))
        found.set(registration.machineId, registration);
    }
    return [...found.values()];
  }

  async #startOn(machine: Registration, language: LanguageId): Promise<StartedWorker> {
    const line = new Line<ToMachine>(await connect(machine));
    const { connection } = line;
    const early: StartedWorker['early'] = [];
    connection.onEvent((body, payload) => early.push({ body, payload }));
    connection.listen();
    try {
      const hello = { protocol: PROTOCOL_VERSION, version: VERSION, token: this.#token ?? '' };
      await connection.request(MachineHello, hello, { deadline: CONNECT_MS });
      const { interpreter, cwd } = await connection.request(StartWorker, { language }, { deadline: START_MS });
      return { line, host: `${machine.host} (${machine.address})`, interpreter, cwd, early };
    } catch (error) {
      line.cut(error as Error);
      throw error;
    }
  }
}

/** Nothing is sent before it is known to be the machine that was registered. */
function connect({ address, fingerprint }: Registration): Promise<tls.TLSSocket> {
  const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(address) ?? [];
  return new Promise((resolve, reject) => {
    // It vouches for itself: the seal of its registration says which certificate is the right one.
    const options = { host, port: Number(port), rejectUnauthorized: false, minVersion: 'TLSv1.3' } as const;
    const socket = tls.connect(options, () => {
      clearTimeout(timer);
      socket.off('error', fail);
      if (socket.getPeerCertificate().fingerprint256 === fingerprint) resolve(socket);
      else fail(new Error('It is another machine than the one that was registered.'));
    });
    const fail = (error: Error) => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => fail(new Error(`No answer within ${CONNECT_MS / 1000} s.`)), CONNECT_MS);
    socket.once('error', fail);
  });
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}

function unavailable(message: string): HoldfastError {
  return new HoldfastError('unavailable', message);
}
