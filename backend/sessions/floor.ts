import { mkdtempSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { decisionOf } from '../capabilities/policy/levels.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { Level } from '../protocol/security.ts';
import type { Floor, FloorBounds, Interpreter, Language, WorkerCommand } from '../workers/language.ts';

/**
 * The best that works here.
 * @throws HoldfastError `unavailable`, saying what was tried
 */
export async function findFloor(language: Language, interpreter: Interpreter, env: NodeJS.ProcessEnv): Promise<Floor> {
  const tried: string[] = [];
  for (const floor of language.floors) {
    const problem = await floor.problem(interpreter, env);
    if (problem === null) return floor;
    tried.push(`${floor.name}: ${problem}`);
  }
  throw new HoldfastError(
    'unavailable',
    `Nothing here can hold a ${language.label} session from below. ${tried.map((one) => `${one}.`).join(' ')} Start it without a floor: then it asks all the same.`,
  );
}

/** The floor of one session, as it was chosen when that began, and its temporary folder. */
export class SessionFloor {
  readonly #floor: Floor;
  readonly #interpreter: Interpreter;
  readonly #bounds: FloorBounds;
  /** Absolute real path. Programs find it as `TMPDIR`. */
  readonly temporary: string;

  /** @param folders absolute real paths of the workspace's, and of the session's own one */
  constructor(
    floor: Floor,
    interpreter: Interpreter,
    level: Level,
    folders: { workspace: readonly string[]; cwd: string },
  ) {
    this.#floor = floor;
    this.#interpreter = interpreter;
    this.temporary = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'holdfast-session-')));
    this.#bounds = boundsOf(level, { ...folders, temporary: this.temporary });
  }

  get name(): string {
    return this.#floor.name;
  }

  wrap(command: WorkerCommand): WorkerCommand {
    const { temporary } = this;
    const env = { ...command.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary };
    return this.#floor.wrap({ ...command, env }, this.#interpreter, this.#bounds);
  }

  /** The session has ended. */
  async close(): Promise<void> {
    await rm(this.temporary, { recursive: true, force: true });
  }
}

/** What a level denies altogether; what it asks for, a floor has to let through. */
function boundsOf(
  level: Level,
  { workspace, cwd, temporary }: { workspace: readonly string[]; cwd: string; temporary: string },
): FloorBounds {
  const may = (category: 'write' | 'network' | 'subprocess') => decisionOf(level, category, 'workspace') !== 'deny';
  return {
    readable: [...workspace, cwd],
    writable: [...(may('write') ? workspace : []), temporary],
    network: may('network'),
    programs: may('subprocess'),
  };
}
