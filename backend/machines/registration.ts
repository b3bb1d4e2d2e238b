import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { Machine } from '../protocol/client/index.ts';

/** How a machine can be reached, and by what it is known to be that one. */
export const Registration = z.strictObject({
  ...Machine.shape,
  machineId: z.uuid(),
  /** Of its certificate, SHA-256 as `tls` writes it. */
  fingerprint: z.string().regex(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
});
export type Registration = z.infer<typeof Registration>;

/** As it stands in the durable storage, which others can write to as well. */
const Sealed = z.strictObject({ registration: Registration, seal: z.string() });
export type Sealed = z.infer<typeof Sealed>;

/** Only who knows the token can make a seal: nobody else's machine is taken for one of the group. */
export function seal(registration: Registration, token: string): Sealed {
  return { registration, seal: sealOf(registration, token) };
}

/** @returns undefined for what was not sealed with this token. */
export function unseal(data: unknown, token: string): Registration | undefined {
  const { data: sealed } = Sealed.safeParse(data);
  if (!sealed) return undefined;
  const given = Buffer.from(sealed.seal);
  const right = Buffer.from(sealOf(sealed.registration, token));
  return given.length === right.length && timingSafeEqual(given, right) ? sealed.registration : undefined;
}

function sealOf({ machineId, group, host, address, since, fingerprint }: Registration, token: string): string {
  const content = JSON.stringify(['holdfast-machine', machineId, group, host, address, since, fingerprint]);
  return createHmac('sha256', token).update(content).digest('hex');
}
