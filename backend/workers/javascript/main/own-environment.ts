import { enumerableKeys, hasOwn } from './primordials.ts';

/** What user code has made of its environment: its own, which it may see without asking, and which its commands get. */
export class OwnEnvironment {
  readonly #env = process.env;
  readonly #atStart: NodeJS.ProcessEnv = { ...process.env };

  /** What it has set a variable to; null when it has taken it out, undefined when it has not touched it. */
  change(name: string): string | null | undefined {
    const now = this.#env[name];
    if (now === (hasOwn(this.#atStart, name) ? this.#atStart[name] : undefined)) return undefined;
    return now ?? null;
  }

  changes(): Record<string, string | null> {
    const result: Record<string, string | null> = {};
    for (const names of [enumerableKeys(this.#env), enumerableKeys(this.#atStart)]) {
      for (let i = 0; i < names.length; i++) {
        const name = names[i] as string;
        const changed = this.change(name);
        if (changed !== undefined) result[name] = changed;
      }
    }
    return result;
  }
}
