import { realpathSync, statSync } from 'node:fs';

/**
 * Differs when a file or a folder has been written, replaced, linked elsewhere, made or removed. Waits for the disk: a new session
 * needs a dozen of these, and handing each to another thread takes longer than the look itself.
 */
export function stampOf(file: string): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs, realpathSync.native(file)].join(' ');
  } catch (error) {
    return noStamp(error);
  }
}

/** Differs when there is another folder of that name. What is in it comes and goes. */
export function identityOf(folder: string): string {
  try {
    const { dev, ino } = statSync(folder, { bigint: true });
    return [dev, ino].join(' ');
  } catch (error) {
    return noStamp(error);
  }
}

function noStamp(error: unknown): string {
  return `none: ${(error as NodeJS.ErrnoException).code}`;
}
