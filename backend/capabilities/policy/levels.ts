import { CATEGORIES, type Category, LEVELS, type Level } from '../../protocol/security.ts';
import { capabilities } from '../index.ts';

export type Decision = 'allow' | 'ask' | 'deny';

/** Whether what is touched lies in the workspace; only files can. */
export type Place = 'workspace' | 'elsewhere';

/** THE table: what each level does with each category, in the workspace and elsewhere. */
const TABLE: Record<Level, Record<Category, Record<Place, Decision>>> = {
  sandbox: all('deny', { read: { workspace: 'allow', elsewhere: 'deny' } }),
  restricted: all('ask', { read: { workspace: 'allow', elsewhere: 'ask' } }),
  standard: all('ask', {
    read: { workspace: 'allow', elsewhere: 'ask' },
    write: { workspace: 'allow', elsewhere: 'ask' },
    delete: { workspace: 'allow', elsewhere: 'ask' },
    environment: { workspace: 'allow', elsewhere: 'allow' },
  }),
  trusted: all('allow'),
  unrestricted: all('allow'),
};

function all(
  decision: Decision,
  except: Partial<Record<Category, Record<Place, Decision>>> = {},
): Record<Category, Record<Place, Decision>> {
  const same = { workspace: decision, elsewhere: decision };
  return Object.fromEntries(CATEGORIES.map((category) => [category, except[category] ?? same])) as unknown as Record<
    Category,
    Record<Place, Decision>
  >;
}

export function decisionOf(level: Level, category: Category, place: Place): Decision {
  return TABLE[level][category][place];
}

const CATEGORY_OF: ReadonlyMap<string, Category> = new Map(
  capabilities.flatMap((one) => ('category' in one && one.category ? [[one.name, one.category]] : [])),
);

/** A question that leads out of the workspace. */
const NOT_IN_SANDBOX = ['pick_file'];

/** Whether user code has that capability. @param allow names of capabilities and categories that are allowed beside the level */
export function isInjected(level: Level, capability: string, allow: ReadonlySet<string>): boolean {
  const category = CATEGORY_OF.get(capability);
  if (allow.has(capability) || (category && allow.has(category))) return true;
  if (category) return (['workspace', 'elsewhere'] as const).some((at) => decisionOf(level, category, at) !== 'deny');
  return level !== 'sandbox' || !NOT_IN_SANDBOX.includes(capability);
}

export function stricter(one: Level, other: Level): Level {
  return LEVELS.indexOf(one) <= LEVELS.indexOf(other) ? one : other;
}
