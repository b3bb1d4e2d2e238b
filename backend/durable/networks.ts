import { withDeadline } from './deadline.ts';
import type { DurableError } from './durable-error.ts';
import { DEFAULT_RETENTION, DEFAULT_SNAPSHOT_BYTES, EmbeddedNetwork } from './embedded-network.ts';
import { postgresNetwork } from './postgres-network.ts';
import type { Network } from './sdk.ts';
import type { SdkLog } from './sdk-log.ts';
import { serverNetwork } from './server-network.ts';
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
    case 'server':
      return withDeadline(serverNetwork(setting, group, log), 'The Resonate server');
    case 'postgres':
      return withDeadline(await postgresNetwork(setting.connectionString, group, log), 'Postgres');
  }
}
