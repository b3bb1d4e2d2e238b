import { randomUUID } from 'node:crypto';
import { ANSWER_MS } from './deadline.ts';
import { HttpNetwork, type Network, PollMessageSource } from './sdk.ts';
import type { SdkLog } from './sdk-log.ts';

/** The SDK's network to a Resonate server. */
export function serverNetwork(setting: { url: string; token: string | null }, group: string, logger: SdkLog): Network {
  const url = setting.url.replace(/\/+$/, '');
  // Empty, not undefined: the SDK would take RESONATE_TOKEN from the environment, for a server that it was not meant for.
  const token = setting.token ?? '';
  const adapter = new Messages({ url: `${url}/poll/${encodeURIComponent(group)}/${randomUUID()}`, token, logger });
  return new HttpNetwork({ url, token, timeout: ANSWER_MS, adapter, logger });
}

class Messages extends PollMessageSource {
  override async stop(): Promise<void> {
    // A reconnection that waits for its time would connect after the end, again and again.
    const source = this['eventSource'];
    this['connect'] = () => source;
    await super.stop();
  }
}
