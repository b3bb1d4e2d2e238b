import { CATEGORIES, type Level, type Origin, type Security } from '../../protocol/security.ts';
import type { Outgoing } from '../../sessions/worker-process.ts';
import { isInjected, stricter } from './levels.ts';
import type { InForce, WorkspaceSecurity } from './workspace-security.ts';

type Policy = Extract<Outgoing, { type: 'policy' }>;

interface Execution {
  readonly executionId: string;
  readonly origin: Origin;
  readonly security: Security | null;
}

const NOTHING: Security = { level: null, allow: [], deny: [] };

/** What the executions of one session may do. */
export class SessionSecurity {
  readonly #workspace: WorkspaceSecurity;
  readonly #names: () => readonly string[];
  #level: Level | null;
  readonly #own: Security;
  #running: { readonly executionId: string; readonly inForce: InForce } | undefined;
  /** What holds for code that belongs to no execution any more: the strictest of all that have run in this worker. */
  #strictest: InForce | undefined;
  #generation = 0;
  #told = '';

  /** @param names of all capabilities that there are now */
  constructor(workspace: WorkspaceSecurity, security: Security | null, names: () => readonly string[]) {
    this.#workspace = workspace;
    this.#own = security ?? NOTHING;
    this.#level = this.#own.level;
    this.#names = names;
  }

  /** Of a person's executions. */
  get level(): Level {
    return this.#level ?? this.#workspace.settings.levels.person;
  }

  set level(level: Level) {
    this.#level = level;
    // What a person ran before is judged by the new level, too.
    if (this.#strictest?.origin === 'person') this.#strictest = undefined;
    if (this.#running?.inForce.origin === 'person') {
      const { executionId, inForce } = this.#running;
      this.#running = { executionId, inForce: { ...inForce, level } };
      this.#strictest = this.#strictest ?? this.#running.inForce;
    }
  }

  /** An execution begins. @returns the policy that the worker is to be told first, if it is another one. */
  begin({ executionId, origin, security }: Execution): Policy | undefined {
    const asked = security ?? NOTHING;
    const { levels } = this.#workspace.settings;
    const own = origin === 'person' ? this.level : stricter(this.level, levels[origin]);
    const inForce: InForce = {
      level: asked.level === null ? own : stricter(own, asked.level),
      origin,
      allow: new Set([...this.#own.allow, ...asked.allow]),
      deny: new Set([...this.#own.deny, ...asked.deny]),
    };
    this.#running = { executionId, inForce };
    this.#strictest = this.#strictest ? strictest(this.#strictest, inForce) : inForce;
    return this.policy();
  }

  /** A new worker: nothing has run in it. */
  reset(): void {
    this.#running = undefined;
    this.#strictest = undefined;
    this.#told = '';
  }

  inForce(executionId: string | null): InForce {
    if (this.#running && executionId === this.#running.executionId) return this.#running.inForce;
    return this.#strictest ?? this.#base;
  }

  /** What holds whoever asks: an answer that it does not contradict need not be asked for again. */
  get strictest(): InForce {
    return this.#strictest ?? this.#base;
  }

  /**
   * The policy that the worker is to be told, if it is another one than it was told last.
   * @param again it is another one in any case: what the worker remembers is void
   */
  policy(again = false): Policy | undefined {
    const inForce = this.strictest;
    const running = this.#running?.inForce ?? this.#base;
    const { level } = running;
    const workspace = this.#workspace;
    const asks = CATEGORIES.filter((category) =>
      (['workspace', 'elsewhere'] as const).some((place) => workspace.mustAsk(category, place, inForce)),
    );
    const writes = (['write', 'delete'] as const).some((one) => workspace.mustAsk(one, 'workspace', inForce));
    const policy = {
      level,
      asks,
      roots: [...workspace.roots],
      readsFree: !workspace.mustAsk('read', 'workspace', inForce),
      writesFree: !writes,
      injected: this.#names().filter((name) => isInjected(level, name, running.allow)),
    };
    const text = JSON.stringify(policy);
    if (text === this.#told && !again) return undefined;
    this.#told = text;
    return { type: 'policy', generation: ++this.#generation, ...policy };
  }

  get #base(): InForce {
    const { allow, deny } = this.#own;
    return { level: this.level, origin: 'person', allow: new Set(allow), deny: new Set(deny) };
  }
}

function strictest(one: InForce, other: InForce): InForce {
  const level = stricter(one.level, other.level);
  return {
    level,
    origin: level === other.level && level !== one.level ? other.origin : one.origin,
    allow: new Set([...one.allow].filter((name) => other.allow.has(name))),
    deny: new Set([...one.deny, ...other.deny]),
  };
}
