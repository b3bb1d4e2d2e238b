/** A stand-in for a backend that dies: runs the cell on its standard input in the worker named by its arguments, and passes on what that prints. */
import { text } from 'node:stream/consumers';
import { WorkerProcess } from '../../helpers/worker-process.ts';

const [executable = '', ...args] = process.argv.slice(2);
const code = await text(process.stdin);
const worker = await WorkerProcess.start({ executable, args, env: process.env });
worker.process.stdout?.on('data', (chunk: string) => process.stdout.write(chunk));
worker.execute({ code, dialect: 'python' });
