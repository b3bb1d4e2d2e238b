/** The longest cell, in bytes of UTF-8: 16 MiB. */
export const MAX_CODE_BYTES = 16 * 1024 * 1024;

/** Longer code is not sent along when an execution is told of. */
export const MAX_KEPT_CODE_BYTES = 100_000;

/** Bytes of output in one answer. */
export const MAX_OUTPUT_PAGE_BYTES = 4 * 1024 * 1024;
