import { AsyncLocalStorage } from 'node:async_hooks';
import { constants, Script as VmScript } from 'node:vm';
import { Word } from '../shared/memory.ts';
import type { CellContext, Script, Serial } from '../shared/messages.ts';
import type { EngineNames } from './engine-names.ts';
import type { Link } from './link.ts';
import type { Modules } from './modules.ts';
import type { Namespace } from './namespace.ts';
import { apply, now, store, uncurry } from './primordials.ts';
import type { Stacks } from './stack.ts';
import { describeThrown } from './thrown.ts';
import { valueParts, valueText } from './value.ts';

/** What a wrapped script sees as its parameter. Names are short: they stand in the cell's first line. */
interface Frame {
  /** The completion value so far. */
  v: unknown;
  readonly meta: ImportMeta;
  done(): void;
  fail(error: unknown): void;
  /** Checks that a module has the names that a static import asks for. */
  pick(module: object, names: readonly string[], specifier: string): object;
}

const runInThisContext = uncurry(VmScript.prototype.runInThisContext) as (script: VmScript) => unknown;

/** Runs cells on this thread. One at a time; the control thread keeps the queue. */
export class Cells {
  readonly #link: Link;
  readonly #namespace: Namespace;
  readonly #names: EngineNames;
  readonly #modules: Modules;
  readonly #stacks: Stacks;
  readonly #owner = new AsyncLocalStorage<Serial>();
  readonly #enter: (serial: Serial, run: () => void) => void;
  #active: Serial = 0;
  #startedAt = 0;

  constructor(link: Link, namespace: Namespace, names: EngineNames, modules: Modules, stacks: Stacks) {
    this.#link = link;
    this.#namespace = namespace;
    this.#names = names;
    this.#modules = modules;
    this.#stacks = stacks;
    const { run, getStore } = this.#owner;
    this.#enter = (serial, action) => apply(run, this.#owner, [serial, action]);
    link.owner = () => apply(getStore, this.#owner, []) ?? 0;
  }

  run(context: CellContext): void {
    const { serial } = context;
    this.#active = serial;
    this.#startedAt = now();
    this.#names.input(context.text);
    // A terminated cell leaves the word as it is; the next message to this thread clears it.
    store(this.#link.memory.words, Word.running, serial);
    this.#enter(serial, () => this.#execute(context));
    store(this.#link.memory.words, Word.running, 0);
  }

  /** Lets go of an execution that awaits; what it awaits goes on without it. */
  abandon(serial: Serial): void {
    if (this.#active === serial) this.#active = 0;
    this.#link.send({ kind: 'abandoned', serial, namespace: this.#namespace.delta() });
  }

  #execute({ serial, cell, path }: CellContext): void {
    try {
      const scope = this.#modules.enter(path);
      const frame: Frame = {
        v: undefined,
        meta: scope.meta,
        done: () => this.#succeed(serial, cell.hasValue, frame.v),
        fail: (error) => this.#fail(serial, error),
        pick,
      };
      const functions = cell.functions && this.#load(cell.functions, cell.filename);
      const body = this.#load(cell.body, cell.filename);
      this.#namespace.declare(cell.declared, cell.hoisted);
      if (functions) {
        const assign = runInThisContext(functions);
        if (cell.functionsShape === 'wrapped') (assign as (frame: Frame) => void)(frame);
      }
      const value = runInThisContext(body);
      if (cell.shape === 'plain') return this.#succeed(serial, cell.hasValue, value);
      (value as (frame: Frame) => void)(frame);
      if (cell.shape === 'wrapped') frame.done();
    } catch (error) {
      this.#fail(serial, error);
    }
  }

  #load(script: Script, filename: string): VmScript {
    this.#stacks.remember(script);
    const { lineOffset, columnOffset } = script;
    return new VmScript(script.code, {
      filename,
      lineOffset,
      columnOffset,
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
  }

  #succeed(serial: Serial, hasValue: boolean, value: unknown): void {
    if (this.#active !== serial) return;
    const seconds = this.#seconds();
    const shown = hasValue && value !== undefined;
    const text = shown ? valueText(value) : null;
    const parts = text === null ? [] : valueParts(value, text);
    if (shown) this.#names.output(value);
    this.#active = 0;
    const namespace = this.#namespace.delta();
    this.#link.send({ kind: 'done', serial, seconds, outcome: { status: 'succeeded', text, parts }, namespace });
  }

  #fail(serial: Serial, thrown: unknown): void {
    if (this.#active !== serial) return;
    const seconds = this.#seconds();
    this.#names.exception(thrown);
    const error = describeThrown(thrown);
    this.#active = 0;
    const namespace = this.#namespace.delta();
    this.#link.send({ kind: 'done', serial, seconds, outcome: { status: 'failed', error }, namespace });
  }

  #seconds(): number {
    return (now() - this.#startedAt) / 1000;
  }
}

function pick(module: object, names: readonly string[], specifier: string): object {
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    if (!(name in module)) {
      throw new SyntaxError(`The requested module '${specifier}' does not provide an export named '${name}'`);
    }
  }
  return module;
}
