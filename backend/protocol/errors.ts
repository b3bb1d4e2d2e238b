/**
 * Why a request ended without its answer. One list for every process, so that a caller can decide on the code and show the message.
 *
 * - `too_large`, `malformed`: the frame or its header broke the protocol; the connection is closed.
 * - `version`: the two sides speak different protocol versions.
 * - `unauthorized`: the client did not present the backend's token.
 * - `closed`: the other process went away before it answered.
 * - `timeout`: the deadline passed.
 * - `cancelled`: the caller took the request back.
 * - `not_found`, `invalid`, `conflict`: the request names something that is not there, is malformed, or clashes with the state.
 * - `unavailable`: a program that is needed (an interpreter, a file) cannot be used; the message says how to fix it.
 * - `internal`: a bug; the backend's log has the stack.
 */
export const ERROR_CODES = [
  'too_large',
  'malformed',
  'version',
  'unauthorized',
  'closed',
  'timeout',
  'cancelled',
  'not_found',
  'invalid',
  'conflict',
  'unavailable',
  'internal',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** A failed request, on either side of a connection. The message is meant for a person. */
export class HoldfastError extends Error {
  override name = 'HoldfastError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The other side broke the protocol. Whoever catches it closes that connection, and only that one. */
export class ProtocolError extends HoldfastError {
  override name = 'ProtocolError';
}
