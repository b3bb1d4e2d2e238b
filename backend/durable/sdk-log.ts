/** What the SDK logs to. Its fields may hold values of programs: only those that name places and kinds are passed on. */
export class SdkLog {
  readonly #write: (line: string) => void;
  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  debug(): void {}

  info(): void {}

  warn(fields: Record<string, unknown>, message: string): void {
    this.#write(`Resonate: ${message}${describe(fields)}`);
  }

  error(fields: Record<string, unknown>, message: string): void {
    this.warn(fields, message);
  }
}

function describe(fields: Record<string, unknown>): string {
  const shown = ['component', 'kind', 'error'].flatMap((name) => {
    const value = fields[name];
    return typeof value === 'string' ? [`${name}: ${value.slice(0, 300)}`] : [];
  });
  return shown.length > 0 ? ` (${shown.join(', ')})` : '';
}
