/** A button on an error message, and the command that it runs. */
export interface ErrorAction {
  readonly title: string;
  readonly command: string;
  readonly args?: readonly unknown[];
}

/** Something that the person can put right. Shown as written, without a stack. */
export class UserError extends Error {
  override name = 'UserError';
  readonly actions: readonly ErrorAction[];

  constructor(message: string, actions: readonly ErrorAction[] = []) {
    super(message);
    this.actions = actions;
  }
}

/** There is nothing that a command could do now, and nothing for the person to put right: said in passing, in the status bar. */
export class NothingToDo extends UserError {
  override name = 'NothingToDo';
}
