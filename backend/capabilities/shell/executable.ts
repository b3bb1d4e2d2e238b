import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';
import { CapabilityError, systemError } from '../capability-error.ts';

/** @throws CapabilityError when it is not there, or no folder */
export async function checkFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch((error: unknown) => {
    throw systemError(error, folder);
  });
  if (!found.isDirectory()) throw new CapabilityError('failed', `It is not a folder: ${folder}`, 'ENOTDIR');
}

/**
 * The file that a command starts, absolute. What starts it would only say on standard error that there is none.
 * @throws CapabilityError
 */
export async function findExecutable(program: string, cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  if (process.platform === 'win32') return program;
  const folders = program.includes('/') ? [''] : (env['PATH'] ?? '/usr/bin:/bin').split(':');
  let refusal: NodeJS.ErrnoException | undefined;
  for (const folder of folders) {
    try {
      const file = path.resolve(cwd, folder, program);
      await access(file, constants.X_OK);
      if ((await stat(file)).isFile()) return file;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EACCES') refusal = error as NodeJS.ErrnoException;
    }
  }
  if (refusal) throw systemError(refusal, program);
  throw new CapabilityError('failed', `There is no such program: ${program}`, 'ENOENT');
}
