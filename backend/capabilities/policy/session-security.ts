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

type Asked = Pick<Execution, 'origin'> & { readonly security: Security };

const NOTHING: Security = { level: null, allow: [], deny: [] };
/** Different kinds of executions of one worker that are told apart. */
const MAX_KINDS = 200;

/** What the executions of one session may do. */
export class SessionSecurity {
  readonly #workspace: WorkspaceSecurity;
  readonly #names: () => readonly string[];
  #level: Level | null;
  readonly #own: Security;
  #running: (Asked & { readonly executionId: string }) | undefined;
  /** What has run in this worker: code that belongs to no execution any more may be of any of them. */
  readonly #ran = new Map<string, Asked>();
  #generation = 0;
  #told = '';

  /** @param names of all capabilities that there are now */
  constructor(workspace: WorkspaceSecurity, security: Security | null, names: () => readonly string[]) {
    this.#workspace = workspace;
    this.#own = security ?? NOTHING;
    this.#level = this.#own.level;
    this.#names = names;
  }

  /** Of a person's executions, as it was chosen for this session; null: as the settings say. */
  get ownLevel(): Level | null {
    return this.#level;
  }

  /** Of a person's executions. */
  get level(): Level {
    return this.#level ?? this.#workspace.settings.levels.person;
  }

  /** In force at once, also for what runs; nothing becomes looser than it asked to be. */
  set level(level: Level) {
    this.#level = level;
  }

  /** An execution begins. @returns the policy that the worker is to be told first, if it is another one. */
  begin({ executionId, origin, security }: Execution): Policy | undefined {
    const asked = { origin, security: security ?? NOTHING };
    this.#running = { executionId, ...asked };
    if (this.#ran.size >= MAX_KINDS) this.#forgetKinds();
    this.#add(asked);
    return this.policy();
  }

  /** A new worker: nothing has run in it. */
  reset(): void {
    this.#running = undefined;
    this.#ran.clear();
    this.#told = '';
  }

  inForce(executionId: string | null): InForce {
    if (this.#running && executionId === this.#running.executionId) return this.#of(this.#running);
    return this.strictest;
  }

  /** What holds whoever asks, by what the first that was not a person was granted. */
  get strictest(): InForce {
    const each = this.strictestOfEach;
    // What a person's executions were granted does not hold for another's.
    return (each.find(({ origin }) => origin !== 'person') ?? each[0]) as InForce;
  }

  /** The same for each origin that has run, at least one: what all of them allow need not be asked for again. */
  get strictestOfEach(): readonly InForce[] {
    const all = [...this.#ran.values()].map((asked) => this.#of(asked));
    const common = all.reduce(strictest, all[0] ?? this.#base);
    const origins = new Set(all.length > 0 ? all.map(({ origin }) => origin) : [common.origin]);
    return [...origins].map((origin) => ({ ...common, origin }));
  }

  #of({ origin, security }: Asked): InForce {
    const { levels } = this.#workspace.settings;
    const own = origin === 'person' ? this.level : stricter(this.level, levels[origin]);
    return {
      level: security.level === null ? own : stricter(own, security.level),
      origin,
      allow: new Set([...this.#own.allow, ...security.allow]),
      deny: new Set([...this.#own.deny, ...security.deny]),
    };
  }

  /** What all of them together may do takes their place. */
  #forgetKinds(): void {
    const each = this.strictestOfEach;
    this.#ran.clear();
    for (const { level, origin, allow, deny } of each) {
      this.#add({ origin, security: { level, allow: [...allow], deny: [...deny] } });
    }
  }

  #add(asked: Asked): void {
    this.#ran.set(JSON.stringify(asked), asked);
  }

  /**
   * The policy that the worker is to be told, if it is another one than it was told last, or a kind of execution has begun that what the
   * worker remembers was not judged for.
   * @param again it is another one in any case: what the worker remembers is void
   */
  policy(again = false): Policy | undefined {
    const inForce = this.strictest;
    const running = this.#running ? this.#of(this.#running) : this.#base;
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
      injected: this.#names().filter((name) => !running.deny.has(name) && isInjected(level, name, running.allow)),
    };
    const text = JSON.stringify([policy, ...this.#ran.keys()]);
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
  return {
    level: stricter(one.level, other.level),
    origin: one.origin,
    allow: new Set([...one.allow].filter((name) => other.allow.has(name))),
    deny: new Set([...one.deny, ...other.deny]),
  };
}
