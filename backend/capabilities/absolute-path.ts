import path from 'node:path';
import * as z from 'zod';

/** A path as a worker sends it: it knows its own folder, the backend does not. */
export const AbsolutePath = z
  .string()
  .min(1, 'The path is empty.')
  .max(4096, 'The path is longer than 4,096 characters.')
  .refine((text) => !text.includes('\0'), 'A path holds no NUL character.')
  .refine((text) => path.isAbsolute(text), 'The path is not absolute.');
