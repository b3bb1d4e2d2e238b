/** The backend's log: one line a message on standard error, which is the log file. Never program output, never a secret. */
export function log(message: string): void {
  process.stderr.write(`${new Date().toISOString()} ${message.replaceAll('\n', '\n  ')}\n`);
}

export function logError(what: string, error: unknown): void {
  log(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
}
