import { Progress } from '../progress.ts';
import { ExecutionId } from '../values.ts';
import { fromWorker } from './message.ts';

/** A bar has moved. A worker tells it ten times a second at most, less often as it takes longer, and when it is over. */
export const ProgressMessage = fromWorker('progress', { executionId: ExecutionId.nullable(), ...Progress.shape });
