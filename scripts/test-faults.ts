/**
 * `npm run test:faults`: the durable journal through 500 kills and 500 damaged files, and two people who work through 300 cells each while windows,
 * workers and backends go away. Takes some minutes; `npm test` has a short version.
 */
import { DISTURBANCES, work } from '../test/helpers/durable/disturbed-work.ts';
import { corruptionRounds, killRounds } from '../test/helpers/durable/fault-rounds.ts';
import { randomFrom } from '../test/helpers/random.ts';

const rounds = Number(process.argv[2] ?? 500);
let lost = 0;
for (const [name, run] of [
  ['kill -9', killRounds],
  ['cut and flipped', corruptionRounds],
] as const) {
  const tally = await run(rounds);
  lost += tally.lost.length;
  console.log(
    `${name}: ${tally.rounds} rounds, ${tally.checked} acknowledged operations checked, ${tally.lost.length} lost`,
  );
  for (const line of tally.lost.slice(0, 20)) console.log(`  ${line}`);
}
for (const language of ['python', 'javascript'] as const) {
  const cells = Math.ceil(rounds * 0.6);
  const random = randomFrom(rounds);
  const disturbances = Array.from(
    { length: Math.ceil(rounds / 5) },
    (_, n) => DISTURBANCES[n % DISTURBANCES.length] ?? 'window',
  );
  const undisturbed = await work({ language, cells, disturbances: [], random });
  const disturbed = await work({ language, cells, disturbances, random });
  const different = undisturbed.printed.filter((text, n) => text !== disturbed.printed[n]).length;
  const same = different === 0 && disturbed.variables === undisturbed.variables;
  if (!same) lost++;
  console.log(
    `work in ${language}: ${cells} cells, ${disturbed.disturbed.length} disturbances, ${disturbed.lost} executions lost and run again, ` +
      `${disturbed.checked} outputs read again, ${different} different, variables ${same ? 'the same' : 'not the same'}`,
  );
}
process.exitCode = lost > 0 ? 1 : 0;
