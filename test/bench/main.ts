import { parseArgs } from 'node:util';
import { build } from '../../scripts/lib/build.ts';
import { type Context, findPython } from './context.ts';
import { groups } from './groups/index.ts';
import { findIpykernel, Ipykernel } from './ipykernel.ts';
import { machine } from './machine.ts';
import { markdown, type Table } from './table.ts';

const USAGE = `npm run bench -- [--quick] [--only GROUP]… [--json | --markdown]

  --quick     a short run that shows that everything works, not worth quoting
  --only      only this group: ${groups.map(({ name }) => name).join(', ')}
  --json      everything that was measured, for programs
  --markdown  the block of docs/benchmarks.md, at the end; without it each table as soon as it is there`;

/** Measures what was asked for. Progress goes to standard error, results to standard output. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      json: { type: 'boolean', default: false },
      markdown: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(USAGE);
  const chosen = groups.filter(({ name }) => values.only?.includes(name) ?? true);
  if (chosen.length < (values.only?.length ?? 1)) throw new Error(`There is no such group.\n${USAGE}`);
  // What is measured is what is there.
  await build();
  const interpreter = await findPython();
  const where = await machine(interpreter);
  const program = await findIpykernel(interpreter);
  if (!program) process.stderr.write('Without ipykernel: there is no pip here to install it.\n');
  const ipykernel = program ? new Ipykernel(program) : undefined;
  const context: Context = { ipykernel, interpreter, quick: values.quick };
  const atOnce = !values.json && !values.markdown;
  if (atOnce) console.log(where);
  const tables: Table[] = [];
  try {
    for (const { name, run } of chosen) {
      process.stderr.write(`${name} …\n`);
      const measured = await run(context);
      tables.push(...measured);
      if (atOnce) for (const table of measured) console.log(`\n${markdown(table)}`);
    }
  } finally {
    await ipykernel?.close();
  }
  if (values.json) console.log(JSON.stringify({ machine: where, quick: values.quick, tables }, null, 2));
  if (values.markdown) console.log([`Measured on: ${where}.`, ...tables.map(markdown)].join('\n\n'));
}

await main();
