import { exitWith } from './cli/failure.ts';
import { program } from './cli/program.ts';

// A reader that went away (`holdfast run … | head`) ends the program in order, as it does other tools.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

program().parseAsync(process.argv).catch(exitWith);
