import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { log } from '../../log.ts';
import { Grant } from '../../protocol/client/security.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import type { Category, Origin } from '../../protocol/security.ts';
import type { Target } from './target.ts';
import { isBelow } from './touched-path.ts';

const EVERYTHING = '*';
const BELOW = `${path.sep}**`;
/** Answers that are remembered; the oldest go. */
const MAX_GRANTS = 10_000;

const GrantFile = z.strictObject({ version: z.literal(1), grants: z.array(Grant) });

export type NewGrant = Omit<Grant, 'grantId' | 'createdAt'>;

interface Asked {
  readonly target: Target;
  readonly origin: Origin;
  readonly sessionId: string;
}

/** Remembered answers: those of sessions in memory, those of the workspace and of the user in a file each. */
export class Grants {
  readonly #files: Record<'workspace' | 'always', string>;
  readonly #changed: () => void;
  readonly #grants = new Map<string, Grant>();
  readonly #loaded: Promise<void>;
  #writing: Promise<void> = Promise.resolve();

  /** @param files absolute paths, outside of the repository; @param changed told when a grant has come or gone */
  constructor(files: Record<'workspace' | 'always', string>, changed: () => void) {
    this.#files = files;
    this.#changed = changed;
    this.#loaded = this.#load();
  }

  /** Oldest first. */
  async list(): Promise<Grant[]> {
    await this.#loaded;
    return [...this.#grants.values()];
  }

  /** What was answered before; a denial wins. */
  async find({ target, origin, sessionId }: Asked): Promise<'allow' | 'deny' | undefined> {
    await this.#loaded;
    let found: 'allow' | undefined;
    for (const grant of this.#grants.values()) {
      if (grant.category !== target.category || grant.origin !== origin) continue;
      if (grant.sessionId !== null && grant.sessionId !== sessionId) continue;
      if (!covers(grant.target, target)) continue;
      if (grant.effect === 'deny') return 'deny';
      found = 'allow';
    }
    return found;
  }

  /** Settles when it is on disk, where it belongs there. @throws HoldfastError `unavailable` when it cannot be written; it holds all the same */
  async add(made: NewGrant): Promise<Grant> {
    await this.#loaded;
    const grant: Grant = { ...made, grantId: randomUUID(), createdAt: Date.now() };
    this.#grants.set(grant.grantId, grant);
    for (const grantId of this.#grants.keys()) {
      if (this.#grants.size <= MAX_GRANTS) break;
      this.#grants.delete(grantId);
    }
    this.#changed();
    await this.#save(grant.scope);
    return grant;
  }

  /** @throws HoldfastError `not_found`, `unavailable` */
  async revoke(grantId: string): Promise<void> {
    await this.#loaded;
    const grant = this.#grants.get(grantId);
    if (!grant) throw new HoldfastError('not_found', 'That grant does not exist (any more).');
    this.#grants.delete(grantId);
    this.#changed();
    await this.#save(grant.scope);
  }

  /** A session has ended, and its answers with it. */
  forgetSession(sessionId: string): void {
    let changed = false;
    for (const grant of [...this.#grants.values()]) {
      if (grant.sessionId === sessionId) changed = this.#grants.delete(grant.grantId) || changed;
    }
    if (changed) this.#changed();
  }

  async #load(): Promise<void> {
    for (const [scope, file] of Object.entries(this.#files)) {
      try {
        const { grants } = GrantFile.parse(JSON.parse(await readFile(file, 'utf8')));
        for (const grant of grants) if (grant.scope === scope) this.#grants.set(grant.grantId, grant);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
        // Asking again is the safe side. The file is kept for a person to look at.
        log(`The remembered answers in ${file} are not used: ${(error as Error).message}`);
        await rename(file, `${file}.damaged`).catch(() => {});
      }
    }
  }

  #save(scope: Grant['scope']): Promise<void> {
    if (scope === 'session') return Promise.resolve();
    const file = this.#files[scope];
    const mine = this.#writing.then(() => {
      const grants = [...this.#grants.values()].filter((grant) => grant.scope === scope);
      return write(file, JSON.stringify({ version: 1, grants } satisfies z.infer<typeof GrantFile>));
    });
    this.#writing = mine.catch(() => {});
    return mine.catch((error: NodeJS.ErrnoException) => {
      throw new HoldfastError(
        'unavailable',
        `The answer cannot be kept in ${file} (${error.code}); it holds until the backend ends.`,
      );
    });
  }
}

/** @param grant what a grant says that it covers */
function covers(grant: string, { text, subject }: Target): boolean {
  if (grant === EVERYTHING || grant === text) return true;
  return (
    subject.kind === 'path' && grant.endsWith(BELOW) && isBelow(grant.slice(0, -BELOW.length) || path.sep, subject.path)
  );
}

/** A denial of everything of a kind. */
export function denialOfAll(category: Category, origin: Origin, sessionId: string): NewGrant {
  return { effect: 'deny', category, target: EVERYTHING, scope: 'session', origin, sessionId, location: null };
}

/** The whole file or none. */
async function write(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(4).toString('hex')}`;
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
