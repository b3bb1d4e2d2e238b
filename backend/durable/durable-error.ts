/**
 * `storage`: the disk refused a write; nothing is acknowledged any more. `newer_version`: written by a newer Holdfast. `locked`: another
 * process has the folder. `closed`: the layer was closed. `unavailable`: a server cannot be reached or refused the request.
 * `not_found`, `invalid_id`, `unencodable`, `unregistered`: the caller's mistakes. `timed_out`, `cancelled`, `rejected`: how a promise ended.
 */
export type DurableErrorCode =
  | 'storage'
  | 'newer_version'
  | 'locked'
  | 'closed'
  | 'unavailable'
  | 'not_found'
  | 'invalid_id'
  | 'unencodable'
  | 'unregistered'
  | 'timed_out'
  | 'cancelled'
  | 'rejected';

/** What the durable layer throws. */
export class DurableError extends Error {
  override readonly name = 'DurableError';
  readonly code: DurableErrorCode;

  constructor(code: DurableErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A failed system call in words, with what it was for. */
export function storageError(what: string, error: unknown): DurableError {
  if (error instanceof DurableError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const why = code === 'ENOSPC' ? 'the disk is full' : (code ?? message);
  return new DurableError('storage', `${what} (${why}). Free or repair the disk, then try again.`, {
    cause: error,
  });
}
