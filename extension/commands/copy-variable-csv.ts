import { command } from './command.ts';
import { copyExported } from './copy-exported.ts';
import { namedOrSelected, ValueArgument } from './namespace-arguments.ts';

/** Copies a table or a list of the namespace as CSV. */
export const copyVariableCsv = command({
  id: 'holdfast.copyVariableCsv',
  argument: ValueArgument.optional(),
  run: (services, argument) => copyExported(services, namedOrSelected(ValueArgument, argument, services), 'csv'),
});
