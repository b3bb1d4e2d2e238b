/**
 * The engine's function on `globalThis` that the control thread calls through the inspector: `({ start, count }) => page of
 * the namespace`. It cannot be replaced, and it runs no user code.
 */
export const PAGE_FUNCTION = '__holdfast_page';
