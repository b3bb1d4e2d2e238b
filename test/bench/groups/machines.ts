import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { UseMachines, UseStorage } from '../../../backend/protocol/client/index.ts';
import { makeTemporary } from '../../../scripts/lib/temporary.ts';
import { startResonateServer } from '../../helpers/durable/resonate-server.ts';
import { TestMachine } from '../../helpers/machine.ts';
import { type Group, withBackend } from '../context.ts';
import { MEBIBYTE } from '../processes.ts';
import { BenchSession } from '../session.ts';
import { time } from '../stats.ts';
import { tableOf } from '../table.ts';

const HERE = 'on this machine';
const THERE = 'on another machine';
const WRITE_BYTES = 64 * 1024;

/** The same session here and behind the connection to another machine, which is this one: what the way costs, not the network. */
export const machines: Group = {
  name: 'machines',
  async run({ quick }) {
    const folder = await makeTemporary('holdfast-bench');
    const token = randomBytes(32).toString('hex');
    const server = await startResonateServer(folder, token);
    const env = { HOLDFAST_DURABLE_URL: server.url, HOLDFAST_DURABLE_TOKEN: token, HOLDFAST_MACHINES_TOKEN: token };
    const machine = await TestMachine.start('bench', '127.0.0.1', env);
    try {
      return await withBackend(async (client) => {
        await client.request(UseStorage, { storage: { kind: 'server', url: server.url, token } });
        await client.request(UseMachines, { token });
        const open = (group?: string) => BenchSession.open(client, 'javascript', null, undefined, group);
        const sessions: Record<string, BenchSession> = { [HERE]: await open(), [THERE]: await open('bench') };
        const trips = new Map<string, number[]>();
        const floods = new Map<string, number[]>();
        for (const name of [HERE, THERE]) {
          trips.set(name, []);
          floods.set(name, []);
          await sessions[name]?.succeed('0');
        }
        for (let n = 0; n < (quick ? 100 : 500); n++)
          for (const [name, session] of Object.entries(sessions))
            trips.get(name)?.push(await time(() => session.succeed('1 + 1')));
        const bytes = (quick ? 16 : 128) * MEBIBYTE;
        const code = `for (let n = 0; n < ${bytes / WRITE_BYTES}; n++) process.stdout.write("x".repeat(${WRITE_BYTES - 1}) + "\\n")`;
        for (let n = 0; n < 3; n++)
          for (const [name, session] of Object.entries(sessions))
            floods.get(name)?.push(await time(() => session.succeed(code)));
        const rows = (values: ReadonlyMap<string, number[]>) =>
          [...values].map(([name, all]) => ({ name, values: all }));
        return [
          tableOf('A session elsewhere: 1 + 1', 'ms', HERE, rows(trips)),
          tableOf(`A session elsewhere: ${bytes / MEBIBYTE} MiB of output`, 'ms', HERE, rows(floods)),
        ];
      });
    } finally {
      await machine.end();
      await server.close();
      await rm(folder, { recursive: true, force: true });
    }
  },
};
