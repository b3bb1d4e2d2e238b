import { AsyncLocalStorage } from 'node:async_hooks';
import vm from 'node:vm';
import { Word } from '../shared/memory.ts';
import type { CellContext, CompiledCell, Outcome, Script, Serial } from '../shared/messages.ts';
import type { Definitions } from './checkpoints/definitions.ts';
import type { EngineNames } from './engine-names.ts';
import type { Link } from './link.ts';
import type { Modules } from './modules.ts';
import type { Namespace } from './namespace.ts';
import { apply, now, store, uncurry } from './primordials.ts';
import { originOf, type Stacks } from './stack.ts';
import { isTabular } from './summary/structure.ts';
import { factsOf } from './summary/summarize.ts';
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

// Taken before user code can replace it.
const { constants, Script: VmScript } = vm;
const runInThisContext = uncurry(VmScript.prototype.runInThisContext) as (
  script: vm.Script,
  options: object,
) => unknown;
// Otherwise Node writes the rewritten line into the error's stack.
const undecorated = { displayErrors: false };

const { exec } = RegExp.prototype;

export interface CellsOptions {
  readonly link: Link;
  readonly namespace: Namespace;
  readonly names: EngineNames;
  readonly modules: Modules;
  readonly stacks: Stacks;
  readonly definitions: Definitions;
}

/** Runs cells on this thread. One at a time; the control thread keeps the queue. */
export class Cells {
  readonly #link: Link;
  readonly #namespace: Namespace;
  readonly #names: EngineNames;
  readonly #modules: Modules;
  readonly #stacks: Stacks;
  readonly #definitions: Definitions;
  readonly #owner = new AsyncLocalStorage<Serial>();
  readonly #enter: (serial: Serial, run: () => void) => void;
  #active: Serial = 0;
  #startedAt = 0;
  /** Notes what the running cell has defined. */
  #noteDefinitions: () => void = () => {};

  constructor({ link, namespace, names, modules, stacks, definitions }: CellsOptions) {
    this.#link = link;
    this.#namespace = namespace;
    this.#names = names;
    this.#modules = modules;
    this.#stacks = stacks;
    this.#definitions = definitions;
    if (tracksContext()) {
      const { run, getStore } = this.#owner;
      this.#enter = (serial, action) => apply(run, this.#owner, [serial, action]);
      link.owner = () => apply(getStore, this.#owner, []) ?? 0;
    } else {
      this.#enter = (_, action) => action();
      link.owner = () => this.#active;
    }
  }

  /** No cell runs or awaits. */
  get idle(): boolean {
    return this.#active === 0;
  }

  run(context: CellContext): void {
    const { serial } = context;
    this.#active = serial;
    this.#startedAt = now();
    this.#names.input(context.text);
    const before = this.#definitions.begin(context.cell);
    this.#noteDefinitions = () => this.#definitions.ended(context, before);
    // A terminated cell leaves the word as it is; the next message to this thread clears it.
    store(this.#link.memory.words, Word.running, serial);
    this.#enter(serial, () => this.#execute(context));
    store(this.#link.memory.words, Word.running, 0);
  }

  /** Lets go of an execution that awaits; what it awaits goes on without it. */
  abandon(serial: Serial): void {
    const { words } = this.#link.memory;
    // In a large namespace this takes longer than the control thread's patience.
    store(words, Word.leaving, serial);
    if (this.#active === serial) {
      this.#active = 0;
      this.#noteDefinitions();
    }
    this.#link.send({ kind: 'abandoned', serial, namespace: this.#namespace.delta() });
    store(words, Word.leaving, 0);
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
      const functions = cell.functions && this.#load(serial, cell.functions, cell.filename);
      const body = this.#load(serial, cell.body, cell.filename);
      if (!body || (cell.functions && !functions)) return;
      const value = this.#evaluate(cell, functions, body, frame);
      if (cell.shape === 'plain') this.#succeed(serial, cell.hasValue, value);
      else if (cell.shape === 'wrapped') frame.done();
    } catch (error) {
      this.#fail(serial, error);
    }
  }

  /** Runs a definition of a checkpoint, between two cells. @throws what it throws */
  define(cell: CompiledCell, path: string | null): void {
    if (cell.shape === 'async') throw new SyntaxError('It awaits something, which only a cell can.');
    const before = this.#definitions.begin(cell);
    const scope = this.#modules.enter(path);
    const frame: Frame = { v: undefined, meta: scope.meta, done() {}, fail() {}, pick };
    const functions = cell.functions && this.#prepare(cell.functions, cell.filename);
    this.#evaluate(cell, functions, this.#prepare(cell.body, cell.filename), frame);
    this.#definitions.ended({ cell, path }, before);
  }

  /** The completion value of a plain cell. */
  #evaluate(cell: CompiledCell, functions: vm.Script | null, body: vm.Script, frame: Frame): unknown {
    this.#namespace.declare(cell.declared, cell.hoisted);
    if (functions) {
      const assign = runInThisContext(functions, undecorated);
      if (cell.functionsShape === 'wrapped') (assign as (frame: Frame) => void)(frame);
    }
    const value = runInThisContext(body, undecorated);
    if (cell.shape === 'plain') return value;
    (value as (frame: Frame) => void)(frame);
    return undefined;
  }

  #prepare(script: Script, filename: string): vm.Script {
    this.#stacks.remember(script);
    const { lineOffset, columnOffset } = script;
    return new VmScript(script.code, {
      filename,
      lineOffset,
      columnOffset,
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
  }

  /** Null when V8 cannot compile it: then the cell has ended. */
  #load(serial: Serial, script: Script, filename: string): vm.Script | null {
    try {
      return this.#prepare(script, filename);
    } catch (error) {
      this.#end(serial, { status: 'unreadable', ...whereUnreadable(error as Error, script) });
      return null;
    }
  }

  #succeed(serial: Serial, hasValue: boolean, value: unknown): void {
    if (this.#active !== serial) return;
    const seconds = this.#seconds();
    const shown = hasValue && value !== undefined;
    const text = shown ? valueText(value) : null;
    const parts = text === null ? [] : valueParts(value, text);
    if (shown) this.#names.output(value);
    const facts = shown ? { ...factsOf(value), ...(isTabular(value) && { table: this.#names.number }) } : null;
    this.#end(serial, { status: 'succeeded', text, parts, facts }, seconds);
  }

  #fail(serial: Serial, thrown: unknown): void {
    if (this.#active !== serial) return;
    const seconds = this.#seconds();
    this.#names.exception(thrown);
    this.#end(serial, { status: 'failed', error: describeThrown(thrown) }, seconds);
  }

  #end(serial: Serial, outcome: Outcome, seconds: number = this.#seconds()): void {
    this.#active = 0;
    this.#noteDefinitions();
    this.#link.send({ kind: 'done', serial, seconds, outcome, namespace: this.#namespace.delta() });
  }

  #seconds(): number {
    return (now() - this.#startedAt) / 1000;
  }
}

/** Node puts `file:line`, the line and a caret before the stack of V8's syntax errors. */
function whereUnreadable(error: Error, script: Script): { message: string; line: number; column: number } {
  const { message } = error;
  const match = apply(exec, /:(\d+)\n[^\n]*\n( *)\^/, [error.stack]) as RegExpExecArray | null;
  const generatedLine = Number(match?.[1] ?? script.lineOffset + 1);
  const caret = match?.[2]?.length ?? 0;
  const generatedColumn = caret + (generatedLine === script.lineOffset + 1 ? script.columnOffset : 0);
  if (!script.moved) return { message, line: generatedLine, column: generatedColumn };
  const [line, column] = originOf(script.moved.positions, generatedLine, generatedColumn + 1);
  return { message, line, column: column - 1 };
}

/**
 * Whether the owner of asynchronous work can be told. Where AsyncLocalStorage stands on async hooks (Node 20) it makes the process
 * abort when a microtask is terminated: there everything belongs to the cell that runs at the time.
 */
export function tracksContext(): boolean {
  const [major = 0] = process.versions.node.split('.').map(Number);
  return major >= 24 || process.execArgv.includes('--experimental-async-context-frame');
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
