import type { Durable } from '../durable/durable.ts';
import { ids } from '../durable/ids.ts';
import { log } from '../log.ts';
import { MACHINE_TAGS } from './machines.ts';
import { type Registration, seal } from './registration.ts';

/** So long a machine counts as there after it has said so. Milliseconds. */
const LEASE_MS = 5 * 60_000;
const RENEW_MS = 2 * 60_000;
const AGAIN_MS = 5_000;

/** Says in the durable storage that a machine is there, again and again, and at the end that it is not. */
export class Presence {
  readonly #durable: Durable;
  readonly #registration: Registration;
  readonly #token: string;
  #said: string | undefined;
  #times = 0;
  #timer: NodeJS.Timeout | undefined;
  #saying: Promise<void> = Promise.resolve();
  #left = false;

  constructor(durable: Durable, registration: Registration, token: string) {
    this.#durable = durable;
    this.#registration = registration;
    this.#token = token;
  }

  /** Says it for the first time. @throws DurableError */
  async enter(): Promise<void> {
    await this.#say();
    this.#again(RENEW_MS);
  }

  async leave(): Promise<void> {
    this.#left = true;
    clearTimeout(this.#timer);
    await this.#saying;
    if (this.#said) await this.#durable.settle(this.#said, 'cancel');
  }

  async #say(): Promise<void> {
    const id = ids.machine(this.#registration.machineId, this.#times++);
    const data = seal(this.#registration, this.#token);
    await this.#durable.create(id, {
      timeoutMs: LEASE_MS,
      data,
      tags: MACHINE_TAGS(this.#registration.group),
      shared: true,
    });
    const before = this.#said;
    this.#said = id;
    if (before) await this.#durable.settle(before, 'cancel');
  }

  #again(milliseconds: number): void {
    if (this.#left) return;
    this.#timer = setTimeout(() => {
      this.#saying = this.#say().then(
        () => this.#again(RENEW_MS),
        (error: Error) => {
          log(`The durable storage could not be told that this machine is there: ${error.message}`);
          this.#again(AGAIN_MS);
        },
      );
    }, milliseconds);
  }
}
