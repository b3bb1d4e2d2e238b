import type { CheckpointManifest, StoredVariable } from '../../../../protocol/checkpoint.ts';
import type { CheckpointErrand, GraphFacts, SavedResult } from '../../shared/checkpoint.ts';
import type { EngineNames } from '../engine-names.ts';
import type { Namespace } from '../namespace.ts';
import { getOwnPropertyDescriptor, hasOwn, mapGet, mapSet, NativeMap, NativeSet, slice } from '../primordials.ts';
import { summarize } from '../summary/summarize.ts';
import { describeThrown } from '../thrown.ts';
import { ClassNames } from './class-names.ts';
import type { Definitions } from './definitions.ts';
import { walkGraph } from './graph.ts';
import { writeGraph } from './graph-bytes.ts';
import { groupsOf, type Value } from './groups.ts';
import { membersBesideText } from './members.ts';
import { NotStorable } from './not-storable.ts';

const MAX_VARIABLES = 10_000;
const MAX_REASON = 500;
const MAX_NAME = 1000;

/** Copies the namespace. Of user code at most this runs: getters of an array's items, what gives an error its `name` and formats its stack. */
export function save(
  errand: CheckpointErrand,
  { namespace, names, definitions }: { namespace: Namespace; names: EngineNames; definitions: Definitions },
): SavedResult {
  return new Saving(errand, namespace, names, definitions).run();
}

class Saving {
  readonly #errand: CheckpointErrand;
  readonly #namespace: Namespace;
  readonly #names: EngineNames;
  readonly #definitions: Definitions;
  readonly #classes = new ClassNames();
  readonly #told = new NativeMap<string, StoredVariable>();
  readonly #order: string[] = [];
  readonly #parts: Uint8Array[] = [];
  readonly #manifest: CheckpointManifest = { variables: [], definitions: [], imports: [], groups: [] };
  #left: number;

  constructor(errand: CheckpointErrand, namespace: Namespace, names: EngineNames, definitions: Definitions) {
    this.#errand = errand;
    this.#namespace = namespace;
    this.#names = names;
    this.#definitions = definitions;
    this.#left = errand.maxBytes;
  }

  run(): SavedResult {
    const all = this.#namespace.names();
    for (let i = 0; i < all.length; i++) this.#noteClass(all[i] as string);
    const values: Value[] = [];
    for (let i = 0; i < all.length; i++) {
      const name = all[i] as string;
      append(this.#order, name);
      if (i === MAX_VARIABLES - 1 && all.length > MAX_VARIABLES) {
        this.#refuse(name, undefined, tooMany(all, i + 1));
        break;
      }
      const value = this.#classify(name);
      if (value) append(values, value);
    }
    const groups = groupsOf(values);
    for (let i = 0; i < groups.length; i++) this.#add(groups[i] as Value[]);
    for (let i = 0; i < this.#order.length; i++) {
      const told = mapGet(this.#told, this.#order[i] as string);
      if (told) append(this.#manifest.variables, told);
    }
    return { kind: 'saved', manifest: this.#manifest, parts: this.#parts };
  }

  /** Instances get their prototype back by the name of the variable that holds their class. */
  #noteClass(name: string): void {
    const value = this.#property(name)?.value as unknown;
    if (typeof value === 'function' && this.#definitions.of(name, value)) this.#classes.note(name, value);
  }

  #property(name: string): PropertyDescriptor | undefined {
    const taken = this.#names.taken(name);
    return taken ? { value: taken.value } : getOwnPropertyDescriptor(globalThis, name);
  }

  /** The variable with the objects it holds, when its value can be written. */
  #classify(name: string): Value | null {
    const property = this.#property(name);
    const value = property?.value as unknown;
    if (name === '' || name.length > MAX_NAME) return this.#refuse(name, value, 'Its name cannot be written.');
    if (!property || !hasOwn(property, 'value')) return this.#refuse(name, value, 'It is a getter.');
    const origin = this.#definitions.of(name, value);
    if (origin && !(origin.kind === 'import' && origin.imported.required && this.#isData(value))) {
      if (origin.kind === 'import') {
        const { module, member } = origin.imported;
        append(this.#manifest.imports, { name, module, member, path: origin.path });
        this.#tell(name, value, 'import', 0, null);
      } else {
        const { file, path, definition } = origin;
        const { text, line } = definition;
        append(this.#manifest.definitions, { name, text, line, file, path });
        this.#tell(name, value, 'source', 0, differenceOf(membersBesideText(value as object)));
      }
      return null;
    }
    if (typeof value === 'function') return this.#refuse(name, value, 'The source of this function is not known.');
    try {
      return { name, value, objects: this.#objectsOf(value) };
    } catch (error) {
      return this.#refuse(name, value, reasonOf(error));
    }
  }

  /** What it holds. @throws NotStorable */
  #objectsOf(value: unknown): Set<object> {
    const objects = new NativeSet<object>();
    walkGraph(value, { seen: objects, fields: [], isCopy: false, visit: (object) => this.#classes.of(object) });
    return objects;
  }

  /** Whether it can be written as it is. */
  #isData(value: unknown): boolean {
    if (typeof value === 'function') return false;
    try {
      this.#objectsOf(value);
      return true;
    } catch (error) {
      if (error instanceof NotStorable) return false;
      throw error;
    }
  }

  /** Variables that share objects, or each by itself when they are too large together. */
  #add(group: readonly Value[]): void {
    try {
      const values: unknown[] = [];
      for (let i = 0; i < group.length; i++) values[i] = (group[i] as Value).value;
      const { bytes, facts } = writeGraph(values, this.#classes);
      this.#store(group, bytes, facts);
    } catch (error) {
      if (group.length > 1) for (let i = 0; i < group.length; i++) this.#add([group[i] as Value]);
      else if (group[0]) this.#refuse(group[0].name, group[0].value, reasonOf(error));
    }
  }

  #store(group: readonly Value[], bytes: Uint8Array, extra: GraphFacts): void {
    const { maxVariableBytes, maxBytes } = this.#errand;
    if (bytes.length > Math.min(maxVariableBytes, this.#left)) {
      const large =
        bytes.length > maxVariableBytes
          ? `It takes more than ${megabytes(maxVariableBytes)}. A setting says how much a variable may take.`
          : `The checkpoint would be larger than ${megabytes(maxBytes)}.`;
      throw new NotStorable(large);
    }
    this.#left -= bytes.length;
    const names: string[] = [];
    for (let i = 0; i < group.length; i++) {
      const { name, value } = group[i] as Value;
      names[i] = name;
      this.#tell(name, value, 'stored', bytes.length, null);
    }
    append(this.#manifest.groups, { names, format: 'v8', parts: [this.#parts.length], extra: { ...extra } });
    append(this.#parts, bytes);
  }

  #refuse(name: string, value: unknown, reason: string): null {
    this.#tell(name, value, 'not_stored', 0, shortened(reason, MAX_REASON));
    return null;
  }

  #tell(given: string, value: unknown, how: StoredVariable['how'], bytes: number, reason: string | null): void {
    const name = writable(given);
    mapSet(this.#told, given, { name, type: summarize(value).type, how, bytes, reason });
  }
}

function append<Item>(list: Item[], item: Item): void {
  list[list.length] = item;
}

/** @param from the first of those that it is not told of */
function tooMany(names: readonly string[], from: number): string {
  const more = names.length - from;
  let text = `A checkpoint has at most ${MAX_VARIABLES} variables. ${more} more are left out:`;
  for (let i = from; i < names.length && text.length < MAX_REASON; i++) text += `${i > from ? ',' : ''} ${names[i]}`;
  return text;
}

function differenceOf(members: readonly string[]): string | null {
  if (members.length === 0) return null;
  let text = 'It is made again from its text, and may be different in:';
  for (let i = 0; i < members.length; i++) text += `${i > 0 ? ',' : ''} ${members[i]}`;
  return shortened(text, MAX_REASON);
}

/** A variable's name as the protocol takes it. */
function writable(name: string): string {
  return name === '' ? "''" : shortened(name, MAX_NAME);
}

function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${slice(text, 0, length - 1)}…`;
}

function reasonOf(error: unknown): string {
  if (error instanceof NotStorable) return error.message;
  const { name, message } = describeThrown(error);
  return `${name}: ${message}`;
}

function megabytes(bytes: number): string {
  return `${Number((bytes / 2 ** 20).toPrecision(3))} MB`;
}
