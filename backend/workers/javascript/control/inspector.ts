import { type Runtime, Session } from 'node:inspector';

/** The inspector of the main thread, held by this thread: it reaches a main thread that never yields. */
export class Inspector {
  readonly #session = new Session();
  /** Requests to terminate that have not been answered. */
  #terminating = 0;
  #whenQuiet: (() => void)[] = [];

  constructor() {
    this.#session.connectToMainThread();
  }

  /**
   * Ends the JavaScript that runs on the main thread now; what runs next when none does.
   * @param answered called when it has ended, or when another request is pending
   */
  terminate(answered: () => void = () => {}): void {
    this.#terminating++;
    this.#session.post('Runtime.terminateExecution', () => {
      answered();
      if (--this.#terminating > 0) return;
      const actions = this.#whenQuiet;
      this.#whenQuiet = [];
      for (const action of actions) action();
    });
  }

  /** Calls back as soon as no termination is under way, which would hit whatever runs then. */
  whenQuiet(action: () => void): void {
    if (this.#terminating === 0) action();
    else this.#whenQuiet.push(action);
  }

  /** A handle to a global function of the engine. Taken before user code runs, it is that function for good. */
  handleOf(expression: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#session.post('Runtime.evaluate', { expression }, (error, answer) => {
        const objectId = answer?.result.objectId;
        if (objectId) resolve(objectId);
        else reject(error ?? new Error(`The main thread has no ${expression}.`));
      });
    });
  }

  /** Calls it with plain data on the main thread, in the midst of what runs there. Only for code of the engine. */
  call(handle: string, argument: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const request: Runtime.CallFunctionOnParameterType = {
        objectId: handle,
        // No rest parameter: spreading it would ask an iterator that user code may have replaced.
        functionDeclaration: 'function (argument) { return this(argument) }',
        arguments: [{ value: argument }],
        silent: true,
        returnByValue: true,
      };
      this.#session.post('Runtime.callFunctionOn', request, (error, answer) => {
        if (error || answer.exceptionDetails) reject(error ?? new Error(answer.exceptionDetails?.text));
        else resolve(answer.result.value);
      });
    });
  }

  /** Leaving the session open would make the exit print a line about a debugger. */
  disconnect(): void {
    this.#session.disconnect();
  }
}
