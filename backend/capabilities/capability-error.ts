/** As `capability_response` names them; user code gets an exception of its own language. */
export type FailureCode = 'denied' | 'closed' | 'timeout' | 'invalid' | 'failed';

/** What a program asked for was not done. */
export class CapabilityError extends Error {
  override readonly name = 'CapabilityError';
  readonly code: FailureCode;
  /** Of the system, such as `ENOENT`, where it is the reason. */
  readonly errno: string | undefined;

  constructor(code: FailureCode, message: string, errno?: string) {
    super(message);
    this.code = code;
    this.errno = errno;
  }
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'No such file or folder',
  EACCES: 'The system does not permit it',
  EPERM: 'The system does not permit it',
  EISDIR: 'It is a folder',
  ENOTDIR: 'It is not a folder',
  ENOSPC: 'No space is left on the disk',
  EROFS: 'The disk is read-only',
  ELOOP: 'Too many symbolic links',
  ENAMETOOLONG: 'The name is too long',
};

/** A failure of the system, told with the path that it is about. */
export function systemError(error: unknown, path: string): CapabilityError {
  if (error instanceof CapabilityError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  return new CapabilityError('failed', `${(code && WORDS[code]) ?? message}: ${path}`, code);
}
