import { changeUserSetting } from '../platform/settings.ts';
import { type Command, command, NoArgument } from './command.ts';

/** Two commands for each kind of variable that can be left out, so that the menu says what a click does. */
export const namespaceHiding: readonly Command[] = (['Modules', 'Functions', 'Private'] as const).flatMap((kind) => [
  hiding(`holdfast.hide${kind}`, `namespace.hide${kind}`, true),
  hiding(`holdfast.show${kind}`, `namespace.hide${kind}`, false),
]);

function hiding(
  id: Command['id'],
  name: 'namespace.hideModules' | 'namespace.hideFunctions' | 'namespace.hidePrivate',
  hidden: boolean,
): Command {
  return command({ id, argument: NoArgument, run: () => changeUserSetting(name, hidden) });
}
