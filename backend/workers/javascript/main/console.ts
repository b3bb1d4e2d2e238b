import { Console } from 'node:console';
import type { Link } from './link.ts';
import { OutputStream, OutputWriter } from './output-writer.ts';

/**
 * Gives the process streams over the ring, and the global console methods that write to them. The methods are those of a real
 * Console: Node's own would also feed the inspector, which is connected, and keep their arguments alive there.
 */
export function installOutput(link: Link): void {
  const writer = new OutputWriter(link);
  const stdout = new OutputStream(writer, 'stdout');
  const stderr = new OutputStream(writer, 'stderr');
  for (const [name, stream] of Object.entries({ stdout, stderr })) {
    Object.defineProperty(process, name, { value: stream, configurable: true, enumerable: true, writable: true });
  }
  const ours = new Console({ stdout, stderr, ignoreErrors: false });
  for (const name of Object.keys(ours) as (keyof Console)[]) {
    const method: unknown = ours[name];
    if (typeof method === 'function')
      Object.defineProperty(console, name, { value: method, writable: true, enumerable: true, configurable: true });
  }
}
