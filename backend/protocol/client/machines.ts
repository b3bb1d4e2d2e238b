import * as z from 'zod';
import { Group, MachineToken } from '../machine.ts';
import { method } from './method.ts';

/** A machine that takes sessions for its group (`holdfast worker`). */
export const Machine = z.strictObject({
  group: Group,
  /** What it calls itself. */
  host: z.string().max(255),
  /** `host:port` */
  address: z.string().max(300),
  /** Unix milliseconds. */
  since: z.number(),
});
export type Machine = z.infer<typeof Machine>;

/** What lets sessions be started on other machines; null forgets it. Kept in memory only. */
export const UseMachines = method(
  'machines.use',
  z.strictObject({ token: MachineToken.nullable() }),
  z.strictObject({}),
);

/** Those that have said in the durable storage that they are there. Fails with `unavailable`, saying what is missing. */
export const ListMachines = method('machines.list', z.strictObject({}), z.strictObject({ machines: z.array(Machine) }));
