import { command } from './command.ts';
import { copyExported } from './copy-exported.ts';
import { namedOrSelected, ValueArgument } from './namespace-arguments.ts';

/** Copies a value of the namespace as text, all of it. */
export const copyVariableValue = command({
  id: 'holdfast.copyVariableValue',
  argument: ValueArgument.optional(),
  run: (services, argument) => copyExported(services, namedOrSelected(ValueArgument, argument, services), 'text'),
});
