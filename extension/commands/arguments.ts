import * as z from 'zod';
import { CheckpointId } from '../../backend/protocol/client/index.ts';
import { ExecutionId, SessionId } from '../../backend/protocol/values.ts';

/** Names an execution; also what links in hovers carry. */
export const ExecutionArgument = z.object({ executionId: ExecutionId });

/** Names a session; rows of the sessions tree have this shape too. */
export const SessionArgument = z.object({ sessionId: SessionId });

/** Names an execution that waits; rows of the sessions tree have this shape too. */
export const WaitingArgument = z.object({ sessionId: SessionId, executionId: ExecutionId });

/** Names a background task; rows of the sessions tree have this shape too. */
export const TaskArgument = z.object({ sessionId: SessionId, taskId: z.int().positive() });

/** Names a checkpoint; rows of the sessions tree have this shape too. */
export const CheckpointArgument = z.object({ checkpointId: CheckpointId });
