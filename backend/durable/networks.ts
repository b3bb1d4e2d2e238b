import { randomUUID } from 'node:crypto';
import type { DurableError } from './durable-error.ts';
import { DEFAULT_RETENTION, DEFAULT_SNAPSHOT_BYTES, EmbeddedNetwork } from './embedded-network.ts';
import { HttpNetwork, loadPostgresNetwork, type Network, PollMessageSource } from './sdk.ts';
import type { SdkLog } from './sdk-log.ts';
import type { Retention } from './state-machine.ts';

/** Where durable promises are kept. */
export type NetworkSetting =
  | { kind: 'embedded'; folder: string; retention?: Retention; snapshotBytes?: number }
  | { kind: 'server'; url: string; token: string | null }
  | { kind: 'postgres'; connectionString: string };

export interface NetworkHost {
  /** Who takes up work: executions are sent to a group, or to one backend of it. */
  group: string;
  log: SdkLog;
  onFailure(error: DurableError): void;
  onWarning(error: DurableError): void;
}

/** @throws DurableError `locked`, `newer_version`, `storage` of the embedded network. Servers are tried with the first request. */
export async function openNetwork(setting: NetworkSetting, host: NetworkHost): Promise<Network> {
  const { group, log } = host;
  switch (setting.kind) {
    case 'embedded': {
      const { folder, retention = DEFAULT_RETENTION, snapshotBytes = DEFAULT_SNAPSHOT_BYTES } = setting;
      return EmbeddedNetwork.open({ folder, retention, snapshotBytes, ...host });
    }
    case 'server': {
      const url = setting.url.replace(/\/+$/, '');
      const token = setting.token ?? undefined;
      const poll = `${url}/poll/${encodeURIComponent(group)}/${randomUUID()}`;
      const adapter = new PollMessageSource({ url: poll, logger: log, ...(token && { token }) });
      return new HttpNetwork({ url, adapter, logger: log, ...(token && { token }) });
    }
    case 'postgres': {
      const PostgresNetwork = await loadPostgresNetwork();
      return new PostgresNetwork({ connectionString: setting.connectionString, group, logger: log });
    }
  }
}
