import { createHash, randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { mkdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import * as lockfile from 'proper-lockfile';
import * as z from 'zod';
import { log } from '../../log.ts';
import { Grant } from '../../protocol/client/security.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import type { Category, Origin } from '../../protocol/security.ts';
import { writeWhole } from '../../write-whole.ts';
import { EVERYTHING, type Target } from './target.ts';
import { isBelow } from './touched-path.ts';

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
  /** State of each file when it was read last: another backend may have written the user's. */
  readonly #read = new Map<string, string>();
  #working: Promise<unknown> = Promise.resolve();

  /** @param files absolute paths, outside of the repository; @param changed told when a grant has come or gone */
  constructor(files: Record<'workspace' | 'always', string>, changed: () => void) {
    this.#files = files;
    this.#changed = changed;
  }

  /** Oldest first. */
  async list(): Promise<Grant[]> {
    await this.#refresh();
    return [...this.#grants.values()];
  }

  /** What was answered before; a denial wins. */
  async find({ target, origin, sessionId }: Asked): Promise<'allow' | 'deny' | undefined> {
    await this.#refresh();
    let found: 'allow' | undefined;
    for (const grant of this.#grants.values()) {
      if (grant.category !== target.category || grant.origin !== origin) continue;
      if (grant.sessionId !== null && grant.sessionId !== sessionId) continue;
      if (!covers(grant, target)) continue;
      if (grant.effect === 'deny') return 'deny';
      found = 'allow';
    }
    return found;
  }

  /** Settles when it is on disk, where it belongs there. @throws HoldfastError `unavailable` when it cannot be written; it holds all the same */
  async add(made: NewGrant): Promise<Grant> {
    await this.#refresh();
    const grant: Grant = { ...made, grantId: randomUUID(), createdAt: Date.now() };
    this.#grants.set(grant.grantId, grant);
    for (const grantId of this.#grants.keys()) {
      if (this.#grants.size <= MAX_GRANTS) break;
      this.#grants.delete(grantId);
    }
    this.#changed();
    await this.#save(grant.scope, (grants) => [...grants, grant]);
    return grant;
  }

  /** @throws HoldfastError `not_found`, `unavailable` */
  async revoke(grantId: string): Promise<void> {
    await this.#refresh();
    const grant = this.#grants.get(grantId);
    if (!grant) throw new HoldfastError('not_found', 'That grant does not exist (any more).');
    this.#grants.delete(grantId);
    this.#changed();
    await this.#save(grant.scope, (grants) => grants.filter((one) => one.grantId !== grantId));
  }

  /** A session has ended, and its answers with it. */
  forgetSession(sessionId: string): void {
    let changed = false;
    for (const grant of [...this.#grants.values()]) {
      if (grant.sessionId === sessionId) changed = this.#grants.delete(grant.grantId) || changed;
    }
    if (changed) this.#changed();
  }

  /** Takes in what others have written since. */
  async #refresh(): Promise<void> {
    const isRead = (file: string) => this.#read.get(file) === stateOf(file);
    if (Object.values(this.#files).every(isRead)) return;
    await this.#alone(async () => {
      for (const scope of ['workspace', 'always'] as const) {
        const file = this.#files[scope];
        const state = stateOf(file);
        if (this.#read.get(file) === state) continue;
        this.#replace(scope, await readGrants(file));
        this.#read.set(file, state);
      }
    });
  }

  #replace(scope: Grant['scope'], grants: readonly Grant[]): void {
    for (const grant of [...this.#grants.values()]) if (grant.scope === scope) this.#grants.delete(grant.grantId);
    for (const grant of grants) if (grant.scope === scope) this.#grants.set(grant.grantId, grant);
  }

  /** Changes what the file has, whoever wrote it last: the backends of all workspaces share the user's. */
  async #save(scope: Grant['scope'], change: (grants: Grant[]) => Grant[]): Promise<void> {
    if (scope === 'session') return;
    const file = this.#files[scope];
    try {
      await this.#alone(() => this.#rewrite(scope, file, change));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const what = `The answer cannot be kept in ${file} (${code}); it holds until the backend ends.`;
      throw new HoldfastError('unavailable', what, { cause: error });
    }
  }

  async #rewrite(scope: 'workspace' | 'always', file: string, change: (grants: Grant[]) => Grant[]): Promise<void> {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const lock = { lockfilePath: `${file}.lock`, stale: 10_000, retries: LOCK_RETRIES };
    const release = await lockfile.lock(path.dirname(file), lock);
    try {
      const grants = change(await readGrants(file)).slice(-MAX_GRANTS);
      await writeWhole(file, JSON.stringify({ version: 1, grants } satisfies z.infer<typeof GrantFile>));
      this.#read.set(file, stateOf(file));
      this.#replace(scope, grants);
    } finally {
      await release();
    }
  }

  #alone<Result>(action: () => Promise<Result>): Promise<Result> {
    const mine = this.#working.then(action, action);
    this.#working = mine.catch(() => {});
    return mine;
  }
}

const LOCK_RETRIES = { retries: 50, minTimeout: 20, maxTimeout: 100 };

/** Changes with every writing, since each puts another file in place. At once: it is asked for with every operation of a program. */
function stateOf(file: string): string {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found ? `${found.ino}:${found.mtimeNs}:${found.size}` : '';
}

async function readGrants(file: string): Promise<Grant[]> {
  try {
    return GrantFile.parse(JSON.parse(await readFile(file, 'utf8'))).grants;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    // Asking again is the safe side. The file is kept for a person to look at.
    log(`The remembered answers in ${file} are not used: ${(error as Error).message}`);
    await rename(file, `${file}.damaged`).catch(() => {});
    return [];
  }
}

function covers({ target: said, digest }: Grant, { covers: wanted, subject }: Target): boolean {
  if (said === EVERYTHING) return true;
  if (wanted === null) return false;
  if (subject.kind === 'command') return digest === digestOf(wanted);
  if (subject.kind !== 'path') return said === wanted;
  if (said === subject.path) return true;
  return said.endsWith(BELOW) && isBelow(said.slice(0, -BELOW.length) || path.sep, subject.path);
}

/** @param covered what the target says that an answer covers */
export function allowanceOf(
  { category, subject, logged }: Target,
  covered: string,
  rest: Pick<NewGrant, 'scope' | 'origin' | 'sessionId' | 'location'>,
): NewGrant {
  const isCommand = subject.kind === 'command';
  const target = isCommand ? logged : covered;
  return { effect: 'allow', category, target, digest: isCommand ? digestOf(covered) : null, ...rest };
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A denial of everything of a kind. */
export function denialOfAll(category: Category, origin: Origin, sessionId: string): NewGrant {
  return {
    effect: 'deny',
    category,
    target: EVERYTHING,
    digest: null,
    scope: 'session',
    origin,
    sessionId,
    location: null,
  };
}
