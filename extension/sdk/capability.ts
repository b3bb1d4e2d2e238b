/** What another extension needs to offer a capability. This file imports nothing, so that it can be copied. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A JSON Schema of an object. */
export type JsonSchema = { readonly type: 'object'; readonly [keyword: string]: unknown };

/** A schema of a library, such as zod's, that can tell its JSON Schema: https://standardschema.dev */
export interface StandardSchema<Params> {
  readonly '~standard': {
    readonly jsonSchema: { input(options: { target: 'draft-2020-12' }): Record<string, unknown> };
    validate(value: unknown): Validated<Params> | Promise<Validated<Params>>;
  };
}

type Validated<Params> =
  | { readonly value: Params; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string }[] };

/** Who calls, and until when. */
export interface CapabilityCallContext {
  readonly sessionId: string;
  /** Null for code that belongs to no execution any more. */
  readonly executionId: string | null;
  /** The line that calls, where it is known. */
  readonly location: { readonly file: string; readonly line: number } | null;
  /** Aborted when nobody waits for the answer any more: a cancel, the deadline, the end of the session. */
  readonly signal: AbortSignal;
}

/** A thing that programs can ask for as `capability("name", …)`. */
export interface CapabilityDefinition<Params = Record<string, Json>> {
  /** Small letters and `_`, at most 64. */
  readonly name: string;
  /** `request_response`: the program waits for what `perform` gives. `send_only`: it does not, and gets nothing. */
  readonly kind: 'request_response' | 'send_only';
  /** One sentence for a person. */
  readonly description: string;
  /** What programs pass is checked against it before `perform` is called. */
  readonly parameters: JsonSchema | StandardSchema<Params>;
  /** Milliseconds for an answer; 60,000 when it is left out. */
  readonly deadlineMs?: number;
  /**
   * @returns what the program gets: JSON
   * @throws an error whose message the program gets. A `code` of `denied`, `closed`, `timeout` or `invalid` decides which exception it is
   *   (PermissionError, EOFError, TimeoutError, TypeError); without one it is an OSError
   */
  perform(parameters: Params, context: CapabilityCallContext): Json | undefined | Promise<Json | undefined>;
}

export const DEFAULT_DEADLINE_MS = 60_000;
/** Characters of an answer as JSON: it travels in the head of a frame. */
export const MAX_ANSWER = 512 * 1024;

/** @throws TypeError when it cannot be offered, saying what would be right */
export function checkDefinition({ name, description, kind, deadlineMs }: CapabilityDefinition<unknown>): void {
  if (typeof name !== 'string' || !/^[a-z][a-z_]{0,63}$/.test(name))
    throw new TypeError(`“${name}” is not the name of a capability: small letters and _, at most 64.`);
  if (kind !== 'request_response' && kind !== 'send_only')
    throw new TypeError(`The kind of ${name} is "request_response" or "send_only", not ${JSON.stringify(kind)}.`);
  if (typeof description !== 'string' || description.trim() === '' || description.length > 1000)
    throw new TypeError(`${name} needs a description for a person, at most 1,000 characters.`);
  if (deadlineMs !== undefined && !(Number.isInteger(deadlineMs) && deadlineMs > 0 && deadlineMs <= 3_600_000))
    throw new TypeError(`The deadline of ${name} is a whole number of milliseconds, an hour at most.`);
}

/** The JSON Schema of what a capability takes. @throws TypeError when it is none of an object */
export function schemaOf({ name, parameters }: CapabilityDefinition<unknown>): JsonSchema {
  const schema = isStandard(parameters)
    ? parameters['~standard'].jsonSchema.input({ target: 'draft-2020-12' })
    : parameters;
  if (typeof schema !== 'object' || schema === null || schema['type'] !== 'object')
    throw new TypeError(`The parameters of ${name} are no JSON Schema of an object: "type" is not "object".`);
  return schema as JsonSchema;
}

/** What `perform` gets: with a library's schema what that makes of it. @throws TypeError with the schema's words */
export async function paramsOf<Params>(
  { name, parameters }: CapabilityDefinition<Params>,
  given: Record<string, Json>,
): Promise<Params> {
  // Checked against its JSON Schema already.
  if (!isStandard<Params>(parameters)) return given as Params;
  const result = await parameters['~standard'].validate(given);
  if (!result.issues) return result.value;
  const words = result.issues.map(({ message }) => message).join('; ');
  throw Object.assign(new TypeError(`${name}: ${words}`), { code: 'invalid' });
}

function isStandard<Params>(schema: JsonSchema | StandardSchema<Params>): schema is StandardSchema<Params> {
  return (typeof schema === 'object' || typeof schema === 'function') && schema !== null && '~standard' in schema;
}
