import * as z from 'zod';
import type { Services } from '../services.ts';

/** What a person, a key binding, a menu or another extension can ask for. */
export interface Command<Argument extends z.ZodType = z.ZodType> {
  readonly id: `holdfast.${string}`;
  /** What the first argument must look like. Menus add arguments of their own, which are left aside. */
  readonly argument: Argument;
  run(services: Services, argument: z.infer<Argument>): Promise<unknown> | unknown;
}

/** For commands that take none: whatever a key binding or a menu sends is dropped. */
export const NoArgument = z.unknown().transform(() => undefined);

/** Keeps the type of the argument while commands stand in one list. */
export function command<Argument extends z.ZodType>(definition: Command<Argument>): Command {
  // `argument` checks what `run` gets, so the list may forget the type that ties the two.
  return definition as unknown as Command;
}
