import { command, NoArgument } from './command.ts';

/** Shows all variables again. */
export const clearNamespaceFilter = command({
  id: 'holdfast.clearNamespaceFilter',
  argument: NoArgument,
  run({ namespacePreferences }) {
    namespacePreferences.filter = '';
  },
});
