/**
 * The engine's object on `globalThis` through which a cell assigns to its own constants: reading gives the variable, assigning throws
 * what the language throws.
 */
export const CONSTANTS = '__holdfast_constants';
