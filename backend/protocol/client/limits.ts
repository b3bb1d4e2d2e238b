/** The longest cell, in bytes of UTF-8: 16 MiB. */
export const MAX_CODE_BYTES = 16 * 1024 * 1024;

/** Bytes of output in one answer. */
export const MAX_OUTPUT_PAGE_BYTES = 4 * 1024 * 1024;
