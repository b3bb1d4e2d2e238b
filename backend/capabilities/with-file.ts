import { type FileHandle, open } from 'node:fs/promises';

/** Opens a file for as long as it is used. */
export async function withFile<T>(
  path: string,
  flags: string | number,
  mode: number,
  use: (file: FileHandle) => Promise<T>,
): Promise<T> {
  const file = await open(path, flags, mode);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}
