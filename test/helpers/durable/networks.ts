import { rm } from 'node:fs/promises';
import type { NetworkSetting } from '../../../backend/durable/networks.ts';
import { makeTemporary } from '../../../scripts/lib/temporary.ts';
import { startResonateServer } from './resonate-server.ts';

export interface TestNetwork {
  setting: NetworkSetting;
  close(): Promise<void>;
}

export interface NetworkKind {
  name: string;
  /** Why it cannot be tried here. */
  skip?: string;
  open(): Promise<TestNetwork>;
}

export async function temporaryFolder(): Promise<string> {
  return makeTemporary('holdfast-durable');
}

const url = process.env['RESONATE_URL'];
const connectionString = process.env['RESONATE_PG'];
const nothing = async () => {};

/** The networks that must behave alike. */
export const NETWORKS: readonly NetworkKind[] = [
  {
    name: 'embedded',
    async open() {
      const folder = await temporaryFolder();
      return { setting: { kind: 'embedded', folder }, close: () => rm(folder, { recursive: true, force: true }) };
    },
  },
  {
    name: 'an HTTP server of these tests',
    async open() {
      const folder = await temporaryFolder();
      const server = await startResonateServer(folder, 'a-token');
      const close = async () => {
        await server.close();
        await rm(folder, { recursive: true, force: true });
      };
      return { setting: { kind: 'server', url: server.url, token: 'a-token' }, close };
    },
  },
  {
    name: 'a Resonate server',
    ...(!url && { skip: 'RESONATE_URL is not set' }),
    async open() {
      return {
        setting: { kind: 'server', url: url ?? '', token: process.env['RESONATE_TOKEN'] ?? null },
        close: nothing,
      };
    },
  },
  {
    name: 'Postgres',
    ...(!connectionString && { skip: 'RESONATE_PG is not set' }),
    async open() {
      return { setting: { kind: 'postgres', connectionString: connectionString ?? '' }, close: nothing };
    },
  },
];
