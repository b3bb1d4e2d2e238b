/** A pattern of paths below a folder. */
export interface Glob {
  /** @param names the folders on the way, and the file's own. */
  matches(names: readonly string[]): boolean;
  /** Something below that folder may match. */
  mayContain(names: readonly string[]): boolean;
}

interface Name {
  fits(name: string): boolean;
}

type Part = Name | '**';

/**
 * `*`, `?`, `[a-z]`, `[!a]` and `{a,b}` within a name, `**` for any number of folders. Names that begin with a dot have to be asked for by a
 * dot, as in a shell.
 */
export function globOf(pattern: string): Glob {
  const alternatives = expand(pattern).map((one) =>
    one
      .split('/')
      .filter((part) => part !== '' && part !== '.')
      .map((part): Part => (part === '**' ? '**' : nameOf(part))),
  );
  return {
    matches: (names) => alternatives.some((parts) => match(parts, names, false)),
    mayContain: (names) => alternatives.some((parts) => match(parts, names, true)),
  };
}

/** @param beginning whether it is enough that the names are the beginning of a match. */
function match(parts: readonly Part[], names: readonly string[], beginning: boolean): boolean {
  // Which parts may come next, after each name: no backtracking, so no pattern is slow.
  let next = skipping(parts, new Set([0]));
  for (const [index, name] of names.entries()) {
    const last = index === names.length - 1 && !beginning;
    const after = new Set<number>();
    for (const at of next) {
      const part = parts[at];
      if (part === '**') {
        if (!name.startsWith('.') && (!last || at === parts.length - 1)) after.add(at);
      } else if (part?.fits(name)) after.add(at + 1);
    }
    next = skipping(parts, after);
  }
  if (beginning) return [...next].some((at) => at < parts.length);
  return names.length > 0 && (next.has(parts.length) || (next.has(parts.length - 1) && parts.at(-1) === '**'));
}

/** `**` may stand for no folder at all. */
function skipping(parts: readonly Part[], positions: Set<number>): Set<number> {
  for (const at of positions) if (parts[at] === '**' && at < parts.length - 1) positions.add(at + 1);
  return positions;
}

/** At most this many: braces in a row multiply. */
const MAX_ALTERNATIVES = 1000;

function expand(pattern: string): string[] {
  let patterns = [pattern];
  for (;;) {
    const open = patterns.flatMap((one) => alternativesOf(one) ?? [one]);
    if (open.length === patterns.length || open.length > MAX_ALTERNATIVES) return patterns;
    patterns = open;
  }
}

/** Of the first innermost pair of braces that holds a comma. */
function alternativesOf(pattern: string): string[] | undefined {
  const found = /\{([^{}]*,[^{}]*)\}/.exec(pattern);
  if (!found) return undefined;
  const [braces, inner = ''] = found;
  return inner
    .split(',')
    .map((one) => pattern.slice(0, found.index) + one + pattern.slice(found.index + braces.length));
}

/** One character, or `*` for any number of them. */
type Token = '*' | ((character: string) => boolean);

function nameOf(part: string): Name {
  const tokens: Token[] = [];
  for (const [found, not, set] of part.matchAll(/\[(!?)([^\]]+)\]|\*+|./gsu)) {
    if (set !== undefined) tokens.push(inSet(set, not === '!'));
    else if (found[0] === '*') tokens.push('*');
    else tokens.push(found === '?' ? () => true : (character) => character === found);
  }
  return { fits: (name) => (part.startsWith('.') || !name.startsWith('.')) && fits([...name], tokens) };
}

/** Goes back to the last `*` only: the time is bounded by the product of both lengths, whatever the pattern. */
function fits(name: readonly string[], tokens: readonly Token[]): boolean {
  let at = 0;
  let token = 0;
  let star: { token: number; at: number } | undefined;
  while (at < name.length) {
    const wanted = tokens[token];
    if (wanted === '*') star = { token: token++, at };
    else if (wanted?.(name[at] as string)) {
      at++;
      token++;
    } else if (star) {
      star.at++;
      at = star.at;
      token = star.token + 1;
    } else return false;
  }
  return tokens.slice(token).every((rest) => rest === '*');
}

function inSet(set: string, not: boolean): Token {
  const ranges = [...set.matchAll(/(.)-(.)|(.)/gsu)].map(([, from, to, one]) => [from ?? one, to ?? one]);
  return (character) => ranges.some(([from = '', to = '']) => from <= character && character <= to) !== not;
}
