import {
  CreateCheckpoint,
  RemoveCheckpoint,
  RestartSession,
  RestoreCheckpoint,
} from '../../../backend/protocol/client/index.ts';
import type { BackendClient } from '../../../backend/rpc/client.ts';
import type { LanguageId } from '../../../backend/workers/language.ts';
import { type Group, withBackend } from '../context.ts';
import { BenchSession } from '../session.ts';
import { time } from '../stats.ts';
import { tableOf } from '../table.ts';

const TARGET = [{ measure: 'p50', atMost: 1000 } as const];
const DEADLINE_MS = 150_000;

interface Kind {
  readonly name: string;
  readonly language: LanguageId;
  /** Makes 100 variables of a million bytes each: what no program can make smaller, another one in each round. */
  readonly make: string;
}

const KINDS: readonly Kind[] = [
  {
    name: 'Python, bytes',
    language: 'python',
    make: 'import os\nfor n in range(100): globals()[f"v{n}"] = os.urandom(1_000_000)',
  },
  {
    name: 'Python, bytearray',
    language: 'python',
    make: 'import os\nfor n in range(100): globals()[f"v{n}"] = bytearray(os.urandom(1_000_000))',
  },
  {
    name: 'Python, array of doubles',
    language: 'python',
    make: 'import os, array\nfor n in range(100): globals()[f"v{n}"] = array.array("d", os.urandom(1_000_000))',
  },
  {
    name: 'Python, numpy',
    language: 'python',
    make: 'import os, numpy\nfor n in range(100): globals()[f"v{n}"] = numpy.frombuffer(os.urandom(1_000_000), dtype="f8").copy()',
  },
  {
    name: 'JavaScript, Float64Array',
    language: 'javascript',
    make: 'const { randomFillSync } = require("crypto"); for (let n = 0; n < 100; n++) globalThis["v" + n] = randomFillSync(new Float64Array(125_000))',
  },
];

/** 100 variables with 100 MB of arrays: to disk, and into a new worker. As a client sees it, everything synced. */
export const checkpoints: Group = {
  name: 'checkpoints',
  run: ({ interpreter, quick }) =>
    withBackend(async (client) => {
      const rows = [];
      for (const kind of KINDS) {
        const session = await BenchSession.open(client, kind.language, kind.language === 'python' ? interpreter : null);
        const { outcome } = await session.run(kind.make);
        if (outcome.status !== 'succeeded') process.stderr.write(`Without ${kind.name}: ${JSON.stringify(outcome)}\n`);
        else rows.push(...(await saveAndRestore(client, session, kind, quick ? 1 : 5)));
        await session.kill();
      }
      return [tableOf('Checkpoints: 100 variables, 100 MB', 'ms', null, rows)];
    }),
};

async function saveAndRestore(client: BackendClient, session: BenchSession, { name, make }: Kind, rounds: number) {
  const saved: number[] = [];
  const restored: number[] = [];
  for (let round = 0; round < rounds; round++) {
    // Other bytes: what is stored already is not written again.
    await session.succeed(make);
    const sessionId = session.id;
    let checkpointId = '';
    saved.push(
      await time(async () => {
        const request = { sessionId, name: `round ${round}` };
        ({ checkpointId } = (await client.request(CreateCheckpoint, request, { deadline: DEADLINE_MS })).checkpoint);
      }),
    );
    await client.request(RestartSession, { sessionId });
    await session.succeed('1');
    const request = { sessionId, checkpointId, names: null, trusted: false };
    restored.push(await time(() => client.request(RestoreCheckpoint, request, { deadline: DEADLINE_MS })));
    await client.request(RemoveCheckpoint, { checkpointId });
  }
  return [
    { name: `save: ${name}`, values: saved, targets: TARGET },
    { name: `restore: ${name}`, values: restored, targets: TARGET },
  ];
}
