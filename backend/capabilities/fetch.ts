import * as z from 'zod';
import { CapabilityError } from './capability-error.ts';
import { type Effect, MAX_CONTENT_BYTES, type PerformContext, performed } from './performed.ts';

const MAX_REDIRECTS = 20;
const MAX_TIMEOUT_SECONDS = 86_400;

const Url = z
  .string()
  .min(1, 'The URL is empty.')
  .max(20_000, 'The URL is longer than 20,000 characters.')
  .refine((text) => isWeb(text), 'The URL is not one of http or https.')
  .refine((text) => !hasPassword(text), 'The URL names a user or a password: send them in the header "Authorization".');

const category = 'network';
const Params = z.strictObject({
  url: Url,
  method: z.string().regex(/^[A-Za-z]{1,20}$/, 'The method is not one of HTTP.'),
  headers: z.array(z.tuple([z.string().min(1).max(1000), z.string().max(100_000)])).max(500),
  timeoutSeconds: z.number().positive().max(MAX_TIMEOUT_SECONDS).nullable(),
});
type Params = z.infer<typeof Params>;

/** A request by HTTP. Payload: the body, both ways. Each further host that it is redirected to is judged anew. */
export const fetch = performed<typeof Params>({
  kind: 'request_response',
  name: 'fetch',
  category,
  params: Params,
  effects: ({ url }) => [effectOf(new URL(url))],
  perform: async (params, context, payload) => {
    const timeout = params.timeoutSeconds === null ? [] : [AbortSignal.timeout(params.timeoutSeconds * 1000)];
    const signal = AbortSignal.any([context.signal, ...timeout]);
    try {
      return await answerOf(await followed(params, payload, context, signal), signal);
    } catch (error) {
      if (error instanceof CapabilityError) throw error;
      if (timeout[0]?.aborted)
        throw new CapabilityError('timeout', `No answer of ${params.url} in ${params.timeoutSeconds} s.`);
      throw failure(error, params.url);
    }
  },
});

async function followed(params: Params, payload: Uint8Array, context: PerformContext, signal: AbortSignal) {
  let url = new URL(params.url);
  let method = params.method.toUpperCase();
  let body: Uint8Array<ArrayBuffer> | null = payload.length > 0 ? new Uint8Array(payload) : null;
  const headers = headersOf(params.headers);
  for (let hops = 0; ; hops++) {
    const response = await globalThis.fetch(url, { method, headers, body, redirect: 'manual', signal });
    const location = [301, 302, 303, 307, 308].includes(response.status) ? response.headers.get('location') : null;
    if (location === null) return { response, url };
    await response.body?.cancel();
    if (hops === MAX_REDIRECTS)
      throw new CapabilityError('failed', `More than ${MAX_REDIRECTS} redirects from ${params.url}.`);
    const next = redirected(location, url);
    // As the Fetch Standard has it: https://fetch.spec.whatwg.org/#http-redirect-fetch
    if (
      (response.status === 303 && method !== 'GET' && method !== 'HEAD') ||
      (response.status < 303 && method === 'POST')
    ) {
      method = 'GET';
      body = null;
      for (const name of ['content-encoding', 'content-language', 'content-location', 'content-type'])
        headers.delete(name);
    }
    if (next.origin !== url.origin) {
      for (const name of ['authorization', 'cookie', 'host', 'proxy-authorization']) headers.delete(name);
      await context.judge(effectOf(next));
    }
    url = next;
  }
}

async function answerOf({ response, url }: { response: Response; url: URL }, signal: AbortSignal) {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of response.body ?? []) {
    signal.throwIfAborted();
    total += chunk.length;
    if (total > MAX_CONTENT_BYTES) {
      throw new CapabilityError(
        'failed',
        `The answer of ${url.host} is larger than the ${MAX_CONTENT_BYTES >> 20} MiB that fetch can take.`,
        'EFBIG',
      );
    }
    chunks.push(chunk);
  }
  const { status, statusText, headers } = response;
  return { value: { status, statusText, url: url.href, headers: [...headers] }, payload: Buffer.concat(chunks, total) };
}

function effectOf({ hostname, port, protocol }: URL): Effect {
  const usual = protocol === 'https:' ? 443 : 80;
  // Brackets are how a URL writes an IPv6 address, not part of it.
  const host = hostname.replace(/^\[|\]$/g, '');
  return { category, operation: 'fetch', host, port: port === '' ? usual : Number(port) };
}

function redirected(location: string, from: URL): URL {
  const text = URL.canParse(location, from.href) ? new URL(location, from).href : location;
  const checked = Url.safeParse(text);
  if (checked.success) return new URL(text);
  throw new CapabilityError(
    'failed',
    `${from.host} redirects to ${JSON.stringify(text.slice(0, 500))}, which cannot be fetched.`,
  );
}

function headersOf(pairs: Params['headers']): Headers {
  const headers = new Headers();
  for (const [name, value] of pairs) {
    try {
      headers.append(name, value);
    } catch {
      // What they hold may be a secret.
      throw new CapabilityError(
        'invalid',
        `fetch: The header ${JSON.stringify(name.slice(0, 100))} has a name or a value that HTTP does not allow.`,
      );
    }
  }
  return headers;
}

function isWeb(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}

function hasPassword(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username !== '' || password !== '';
}

/** Undici says "fetch failed", and why in the cause. */
function failure(error: unknown, url: string): CapabilityError {
  const { cause, message } = error as Error & { cause?: NodeJS.ErrnoException };
  return new CapabilityError(
    'failed',
    `${new URL(url).host}: ${cause?.message || cause?.code || message}`,
    cause?.code,
  );
}
