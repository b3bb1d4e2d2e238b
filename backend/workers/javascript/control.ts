import { workerData } from 'node:worker_threads';
import { Control } from './control/control.ts';
import type { ControlData } from './shared/messages.ts';

// The main thread starts this thread with exactly that.
new Control(workerData as ControlData).listen();
