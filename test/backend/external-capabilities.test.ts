import assert from 'node:assert/strict';
import {
  AnswerCall,
  type CapabilityCall,
  ListExternal,
  type ParamsOf,
  RegisterCapability,
  UnregisterCapability,
} from '../../backend/protocol/client/index.ts';
import type { LanguageId } from '../../backend/protocol/values.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import { TestSession, TestWorkspace, type Transcript } from '../helpers/backend.ts';
import { eventually } from '../helpers/eventually.ts';

const WEATHER: ParamsOf<typeof RegisterCapability> = {
  name: 'weather',
  description: 'Tells the weather of a city.',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string', minLength: 1 } },
    required: ['city'],
    additionalProperties: false,
  },
  deadlineMs: 10_000,
};

const said = ({ outcome, lines }: Transcript) =>
  outcome.status === 'failed' ? `error ${outcome.error.name}: ${outcome.error.message}` : lines.join('\n');

for (const language of ['python', 'javascript'] as const satisfies LanguageId[]) {
  const call = (parameters: string) =>
    language === 'python' ? `capability("weather", ${parameters})` : `await capability("weather", { ${parameters} })`;
  const oslo = call(language === 'python' ? 'city="Oslo"' : 'city: "Oslo"');

  describe(`capabilities that another program offers, from ${language}`, () => {
    let workspace: TestWorkspace;
    let provider: BackendClient;
    let client: BackendClient;
    let session: TestSession;
    let calls: CapabilityCall[];
    let cancelled: string[];

    beforeEach(async () => {
      workspace = await TestWorkspace.make();
      client = await workspace.connect();
      provider = await workspace.connect();
      session = await TestSession.open(client, language);
      calls = [];
      cancelled = [];
      provider.onEvent((event) => {
        if (event.event === 'capability_called') calls.push(event.call);
        if (event.event === 'capability_cancelled') cancelled.push(event.callId);
      });
    });
    afterEach(async () => {
      client.close();
      provider.close();
      await workspace.remove();
    });

    const next = () => eventually(() => calls.shift() ?? assert.fail('no call'));

    it('are called with checked parameters, and their answer is the value', async () => {
      await provider.request(RegisterCapability, WEATHER);
      assert.deepEqual((await client.request(ListExternal, {})).capabilities, [
        { name: 'weather', description: WEATHER.description },
      ]);
      const run = session.run(oslo);
      const { callId, name, parameters, location } = await next();
      assert.deepEqual([name, parameters, location?.line], ['weather', { city: 'Oslo' }, 1]);
      await provider.request(AnswerCall, { callId, answer: { status: 'answered', value: 'rain' } });
      assert.equal(said(await run), "=> 'rain'");
    });

    it('refuse wrong parameters in the words of their schema, and nothing is asked', async () => {
      await provider.request(RegisterCapability, WEATHER);
      const wrong = call(language === 'python' ? 'city=""' : 'city: ""');
      assert.match(said(await session.run(wrong)), /error TypeError: weather: .*Too small/);
      assert.match(
        said(await session.run(call(language === 'python' ? 'town=1' : 'town: 1'))),
        /error TypeError: weather: /,
      );
      assert.deepEqual(calls, []);
    });

    it('that fail, are late, or go away fail with a typed error, and the session lives', async () => {
      await provider.request(RegisterCapability, { ...WEATHER, deadlineMs: 100 });
      assert.match(said(await session.run(oslo)), /error TimeoutError: weather: .*did not answer within 0\.1 s/);
      const { callId } = await next();
      await eventually(() => assert.deepEqual(cancelled, [callId]));
      // An answer that comes too late is dropped.
      await provider.request(AnswerCall, { callId, answer: { status: 'answered', value: 1 } });
      await provider.request(RegisterCapability, WEATHER);
      const failing = session.run(oslo);
      const answer = { status: 'failed', code: 'denied', message: 'Not for you.' } as const;
      await provider.request(AnswerCall, { callId: (await next()).callId, answer });
      assert.equal(said(await failing), 'error PermissionError: weather: Not for you.');
      const stranded = session.run(oslo);
      await next();
      provider.close();
      assert.match(said(await stranded), /error EOFError: weather: The extension that offers it went away/);
      assert.match(
        said(await session.run(oslo)),
        /error TypeError: There is no capability "weather"\. There are: input, /,
      );
      assert.equal(said(await session.run('6 * 7')), '=> 42');
    });

    it('end with the cell that is cancelled', async () => {
      await provider.request(RegisterCapability, WEATHER);
      const { executionId, ended } = await session.start(oslo);
      const { callId } = await next();
      await session.cancel(executionId);
      assert.equal((await ended).status, 'cancelled');
      await eventually(() => assert.deepEqual(cancelled, [callId]));
    });

    it('have names of their own, and schemas that can be used', async () => {
      await provider.request(RegisterCapability, WEATHER);
      await assert.rejects(client.request(RegisterCapability, WEATHER), { code: 'conflict' });
      await assert.rejects(client.request(RegisterCapability, { ...WEATHER, name: 'shell' }), { code: 'conflict' });
      await assert.rejects(
        client.request(RegisterCapability, { ...WEATHER, name: 'no', parameters: { type: 'string' } }),
        /"type" is not "object"/,
      );
      const odd = { type: 'object', properties: { a: { type: 'nonsense' } } };
      await assert.rejects(client.request(RegisterCapability, { ...WEATHER, name: 'odd', parameters: odd }), {
        code: 'invalid',
      });
      await assert.rejects(client.request(UnregisterCapability, { name: 'weather' }), { code: 'not_found' });
      await provider.request(UnregisterCapability, { name: 'weather' });
      await client.request(RegisterCapability, WEATHER);
      assert.match(
        said(await session.run(call('').replace('weather', 'No Name'))),
        /error TypeError: .*is not the name of a capability/,
      );
    });
  });
}
