/** `npm run test:faults`: the durable journal through 500 kills and 500 damaged files. Takes some minutes; `npm test` has a short version. */
import { corruptionRounds, killRounds } from '../test/helpers/durable/fault-rounds.ts';

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
process.exitCode = lost > 0 ? 1 : 0;
