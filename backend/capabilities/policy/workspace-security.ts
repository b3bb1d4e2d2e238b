import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { AuditEntry, Grant, SecuritySettings } from '../../protocol/client/security.ts';
import type { Category, Level, Origin } from '../../protocol/security.ts';
import { AuditLog } from './audit-log.ts';
import { Grants } from './grants.ts';
import { type Decision, decisionOf } from './levels.ts';
import { PatternList } from './patterns.ts';
import type { Target } from './target.ts';

/** What holds for one execution. */
export interface InForce {
  readonly level: Level;
  readonly origin: Origin;
  /** Names of capabilities and categories that are allowed or denied whatever the level says. */
  readonly allow: ReadonlySet<string>;
  readonly deny: ReadonlySet<string>;
}

export interface Decided {
  readonly decision: Decision;
  readonly by: Extract<AuditEntry['by'], 'level' | 'setting' | 'option' | 'grant'>;
  /** What is denied of all that is in the folder, by its path. */
  readonly within?: string;
}

export interface WorkspaceSecurityOptions {
  /** Absolute path. */
  readonly workspace: string;
  /** Absolute path of the workspace's state folder. */
  readonly stateFolder: string;
  readonly settings: SecuritySettings;
  /** A grant has come or gone, or the settings are others. */
  readonly changed: (grants: readonly Grant[] | null) => void;
}

/** What the programs of a workspace may do: settings, remembered answers, and the log of what was decided. */
export class WorkspaceSecurity {
  readonly audit: AuditLog;
  readonly grants: Grants;
  /** Real paths of the folders that are the workspace. */
  readonly roots: readonly string[];
  readonly #options: WorkspaceSecurityOptions;
  #settings: SecuritySettings;
  #allow: PatternList;
  #deny: PatternList;

  constructor(options: WorkspaceSecurityOptions) {
    const { workspace, stateFolder, settings } = options;
    this.#options = options;
    this.roots = [real(workspace)];
    this.audit = new AuditLog(path.join(stateFolder, 'audit.jsonl'));
    const files = {
      workspace: path.join(stateFolder, 'grants.json'),
      // Beside the folders of all workspaces.
      always: path.join(path.dirname(stateFolder), 'grants.json'),
    };
    this.grants = new Grants(files, () => void this.grants.list().then((grants) => options.changed(grants)));
    this.#settings = settings;
    this.#allow = new PatternList(settings.allow, workspace);
    this.#deny = new PatternList(settings.deny, workspace);
  }

  get settings(): SecuritySettings {
    return this.#settings;
  }

  /** @throws HoldfastError `invalid` when a pattern is none; nothing has changed then. */
  configure(settings: SecuritySettings): void {
    const allow = new PatternList(settings.allow, this.#options.workspace);
    const deny = new PatternList(settings.deny, this.#options.workspace);
    this.#settings = settings;
    this.#allow = allow;
    this.#deny = deny;
    this.#options.changed(null);
  }

  /** Denied wins over allowed, what was said for this run over settings, settings over grants, grants over the level. */
  async decide(target: Target, names: readonly string[], inForce: InForce, sessionId: string): Promise<Decided> {
    const { level, origin, allow, deny } = inForce;
    if (names.some((name) => deny.has(name))) return { decision: 'deny', by: 'option' };
    if (level === 'unrestricted') return { decision: 'allow', by: 'level' };
    if (this.#deny.touches(target)) return { decision: 'deny', by: 'setting' };
    const within = target.whole ? await this.#deny.touchedIn(target) : null;
    if (within !== null) return { decision: 'deny', by: 'setting', within };
    const granted = await this.grants.find({ target, origin, sessionId });
    if (granted === 'deny') return { decision: 'deny', by: 'grant' };
    if (names.some((name) => allow.has(name))) return { decision: 'allow', by: 'option' };
    if (this.#allow.matches(target)) return { decision: 'allow', by: 'setting' };
    if (granted === 'allow') return { decision: 'allow', by: 'grant' };
    return { decision: decisionOf(level, target.category, target.place), by: 'level' };
  }

  /** It may be another decision the next time: what is in the folder counts. */
  dependsOnContent({ whole, category }: Target): boolean {
    return whole === true && this.#deny.has(category);
  }

  /** Something of that category, there, may have to be asked for or denied. */
  mustAsk(category: Category, place: 'workspace' | 'elsewhere', { level, deny }: InForce): boolean {
    if (deny.has(category)) return true;
    if (level === 'unrestricted') return false;
    return this.#deny.has(category) || decisionOf(level, category, place) !== 'allow';
  }
}

function real(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}
