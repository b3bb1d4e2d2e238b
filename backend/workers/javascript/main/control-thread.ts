import path from 'node:path';
import { MessageChannel, Worker } from 'node:worker_threads';
import { MEMORY_BYTES } from '../shared/memory.ts';
import type { ControlData } from '../shared/messages.ts';

const { port1: port, port2: controlPort } = new MessageChannel();
const { port1: answers, port2: controlAnswers } = new MessageChannel();

/** The one script of the main thread: frames of this file are the engine's. */
export const engineFile = __filename;
export const memory = new SharedArrayBuffer(MEMORY_BYTES);
export { answers, port };

const workerData: ControlData = { port: controlPort, answers: controlAnswers, memory, engineFile };

/** The control thread; it starts when this module is imported. */
export const control = new Worker(path.join(__dirname, 'control.js'), {
  workerData,
  transferList: [controlPort, controlAnswers],
  execArgv: [],
  stdin: false,
  stdout: false,
  stderr: false,
});
