/** Ends a `switch` over a union: a member that has no case yet is a type error here. */
export function unreachable(value: never): never {
  throw new Error(`Unexpected ${JSON.stringify(value)}`);
}
