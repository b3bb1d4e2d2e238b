import { command, NoArgument } from './command.ts';

/** Shows what the extension has logged. */
export const showLog = command({ id: 'holdfast.showLog', argument: NoArgument, run: ({ log }) => log.show() });
