import type { Group } from '../context.ts';
import { cancel } from './cancel.ts';
import { checkpoints } from './checkpoints.ts';
import { cold } from './cold.ts';
import { durable } from './durable.ts';
import { editor } from './editor.ts';
import { flood } from './flood.ts';
import { gate } from './gate.ts';
import { long } from './long.ts';
import { machines } from './machines.ts';
import { many } from './many.ts';
import { memory } from './memory.ts';
import { namespace } from './namespace.ts';
import { output } from './output.ts';
import { tables } from './tables.ts';
import { warm } from './warm.ts';

/** All groups in the order in which they are measured. */
export const groups: readonly Group[] = [
  cold,
  warm,
  output,
  cancel,
  memory,
  namespace,
  tables,
  many,
  long,
  flood,
  durable,
  checkpoints,
  machines,
  gate,
  editor,
];
