import { Console } from 'node:console';
import { MessageChannel } from 'node:worker_threads';
import { MEMORY_BYTES, openMemory } from '../shared/memory.ts';
import type { CompiledCell } from '../shared/messages.ts';
import { Cells } from './cells.ts';
import { Definitions } from './checkpoints/definitions.ts';
import { EngineNames } from './engine-names.ts';
import { Link } from './link.ts';
import type { Modules } from './modules.ts';
import { Namespace } from './namespace.ts';
import { OutputStream, OutputWriter } from './output-writer.ts';
import type { Stacks } from './stack.ts';
import { summarize } from './summary/summarize.ts';

/**
 * Does once what every cell does, so that the first one does not pay for it: V8 compiles a function when it is called first.
 * Everything it changes is its own: names, namespace and output of the session stay as they are.
 *
 * @param cells that declare nothing; what they throw is the point.
 */
export function warmUp(cells: readonly CompiledCell[], modules: Modules, stacks: Stacks): void {
  const { port1: port, port2: other } = new MessageChannel();
  const link = new Link(port, openMemory(new SharedArrayBuffer(MEMORY_BYTES)));
  const names = new EngineNames();
  const namespace = new Namespace(names);
  namespace.markBuiltins([]);
  const runner = new Cells({ link, namespace, names, modules, stacks, definitions: new Definitions() });
  for (const cell of cells) runner.run({ serial: 1, cell, text: '', path: null });
  runner.abandon(1);
  namespace.page(0, 1);
  for (const value of [1, 'text', { list: [1, null] }, warmUp, new Map(), new Date(0)]) summarize(value);
  const writer = new OutputWriter(link);
  const stdout = new OutputStream(writer, 'stdout');
  new Console({ stdout, stderr: stdout }).log('%s', 'text', 1, { list: [1, 'two'] });
  port.close();
  other.close();
}
