import { Session } from 'node:inspector';

/** The inspector of the main thread, held by this thread: it reaches user code that never yields. */
export class Inspector {
  readonly #session = new Session();

  constructor() {
    this.#session.connectToMainThread();
  }

  /** Ends the JavaScript that runs on the main thread now; harmless when none does. Fails only while another request is pending. */
  terminate(): void {
    this.#session.post('Runtime.terminateExecution', () => {});
  }

  /** Leaving the session open would make the exit print a line about a debugger. */
  disconnect(): void {
    this.#session.disconnect();
  }
}
