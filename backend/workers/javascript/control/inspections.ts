import type { Runtime } from 'node:inspector';
import type { Child, Target } from '../../../protocol/inspection.ts';
import type { Variable } from '../../../protocol/values.ts';
import {
  type Completions,
  type Found,
  INSPECTION_FUNCTION,
  type Inspection,
  type Place,
  type Question,
} from '../shared/inspection-function.ts';
import type { Inspector } from './inspector.ts';
import { inTime } from './patience.ts';
import { namesIn } from './target.ts';

type Internal = Runtime.InternalPropertyDescriptor;
type Value = Runtime.CallArgument;

/** For a value that somebody wants to see: the first look at a large one may take a while. */
const LONG_PATIENCE_MS = 1500;

/** What an object group is called that is let go of when its question is answered. */
let groups = 0;

/** Looks at values of the main thread through its inspector, also in the middle of a cell. */
export class Inspections {
  readonly #inspector: Inspector;
  #engine: string | undefined;

  constructor(inspector: Inspector) {
    this.#inspector = inspector;
  }

  /** To be called once the main thread is up. */
  async connect(): Promise<void> {
    this.#engine = await this.#inspector.handleOf(INSPECTION_FUNCTION);
  }

  /** Null when there is no such value; undefined when the main thread is in native code and cannot say. */
  async inspect(target: Target, start: number, count: number): Promise<Inspection | null | undefined> {
    const place = placeOf(target);
    if (!place) return null;
    if (!this.#engine) return undefined;
    const group = `inspection-${++groups}`;
    const answer = this.#inspect(this.#engine, group, { ...place, kind: 'inspect', start, count }, undefined);
    return inTime<Inspection | null | undefined>(
      answer.finally(() => this.#inspector.release(group)),
      undefined,
      LONG_PATIENCE_MS,
    );
  }

  async complete(
    target: Target,
    { members, prefix, count }: { members: 'attributes' | 'keys'; prefix: string; count: number },
  ): Promise<Completions> {
    const nothing = { items: [], truncated: false };
    const place = placeOf(target);
    if (!place || !this.#engine) return nothing;
    const question: Question = { ...place, kind: 'complete', members, prefix, count };
    const answer = this.#inspector.call(this.#engine, question) as Promise<Found<Completions>>;
    return inTime(
      answer.then((found) => (found.status === 'found' ? found.result : nothing)),
      nothing,
    );
  }

  async #inspect(
    engine: string,
    group: string,
    question: Extract<Question, { kind: 'inspect' }>,
    base: Value | undefined,
  ): Promise<Inspection | null> {
    const found = (await this.#inspector.call(engine, question, base)) as Found<Inspection>;
    if (found.status === 'missing') return null;
    if (found.status === 'found') return found.result;
    const passed = question.path.slice(0, found.passed);
    const holder: Question = { kind: 'value', names: question.names, path: passed };
    const objectId = await this.#inspector.hold(engine, group, holder, base);
    if (!objectId) return null;
    const internals = shownOf(await this.#inspector.internalsOf(objectId));
    const [position, ...rest] = question.path.slice(found.passed);
    if (position === undefined) return this.#describe(engine, found.name, internals, question);
    const next = internals[position];
    if (!next) return null;
    const inner = await this.#inspect(engine, group, { ...question, names: [], path: rest }, next.value);
    return inner && rest.length === 0 ? { ...inner, value: { ...inner.value, name: next.name } } : inner;
  }

  /**
   * A promise or a proxy: what it holds is what is below it. V8 describes an error that is in there, and reads a `name`, `message` or `stack` that
   * code computes: nothing else of the user's can run here.
   */
  async #describe(
    engine: string,
    name: string,
    internals: readonly Shown[],
    { start, count }: { start: number; count: number },
  ): Promise<Inspection | null> {
    const inner: Inspection[] = [];
    for (const { value } of internals) {
      const question: Question = { kind: 'inspect', names: [], path: [], start: 0, count: 0 };
      const found = (await this.#inspector.call(engine, question, value)) as Found<Inspection>;
      inner.push(found.status === 'found' ? found.result : opaque);
    }
    const children = inner.map(({ value }, i): Child => {
      const variable = { ...value, name: internals[i]?.name ?? '' };
      return { variable, role: 'attribute', accessor: null };
    });
    const state = internals[0]?.name === STATE ? String(internals[0].value.value) : null;
    const facts = { kind: 'value', length: null, shape: null, expandable: true, tabular: false } as const;
    const [first, second] = inner;
    const type = state === null ? 'Proxy' : 'Promise';
    const preview =
      state === null
        ? `Proxy ${first?.value.preview ?? ''}`
        : `Promise { ${state === 'fulfilled' ? '' : `<${state}>${state === 'pending' ? '' : ' '}`}${second?.value.preview ?? ''} }`;
    const value: Variable = { name, type, ...facts, preview: short(preview) };
    const text = state === null ? `Proxy of ${first?.text ?? 'nothing: it is revoked'}` : preview;
    return { value, text, children: children.slice(start, start + count), total: children.length };
  }
}

interface Shown {
  readonly name: string;
  readonly value: Value;
}

const STATE = '[[state]]';

/** A value inside of a promise or a proxy that is one itself. */
const opaque: Inspection = {
  value: {
    name: '',
    type: 'object',
    kind: 'value',
    length: null,
    shape: null,
    expandable: true,
    tabular: false,
    preview: '…',
  },
  text: '…',
  children: [],
  total: 0,
};

/** The state of a promise and, if it is settled, its result; the target and the handler of a proxy. */
function shownOf(internals: readonly Internal[]): Shown[] {
  const shown: Shown[] = [];
  const add = (internal: string, name: string) => {
    const value = internals.find((candidate) => candidate.name === internal)?.value;
    if (value) shown.push({ name, value: argumentOf(value) });
  };
  add('[[PromiseState]]', STATE);
  if (shown[0]?.value.value !== 'pending') add('[[PromiseResult]]', '[[result]]');
  add('[[Target]]', '[[target]]');
  add('[[Handler]]', '[[handler]]');
  return shown;
}

function argumentOf({ objectId, unserializableValue, value }: Runtime.RemoteObject): Value {
  if (objectId) return { objectId };
  return unserializableValue ? { unserializableValue } : { value };
}

function placeOf({ expression, path }: Target): Place | null {
  const names = namesIn(expression);
  return names && { names, path };
}

function short(text: string): string {
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
