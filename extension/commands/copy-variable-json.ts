import { command } from './command.ts';
import { copyExported } from './copy-exported.ts';
import { namedOrSelected, ValueArgument } from './namespace-arguments.ts';

/** Copies a value of the namespace as JSON. */
export const copyVariableJson = command({
  id: 'holdfast.copyVariableJson',
  argument: ValueArgument.optional(),
  run: (services, argument) => copyExported(services, namedOrSelected(ValueArgument, argument, services), 'json'),
});
