import { realpath } from 'node:fs/promises';
import type { BackendClient } from '../../backend/rpc/client.ts';
import { python } from '../../backend/workers/python/language.ts';
import { stop, TestWorkspace } from '../helpers/backend.ts';
import type { Ipykernel } from './ipykernel.ts';
import type { Table } from './table.ts';

/** What a group of rows works with. */
export interface Context {
  readonly ipykernel: Ipykernel | undefined;
  /** The Python that all contenders run: the file itself, not a shim of pyenv's, which takes longer than a start. */
  readonly interpreter: string;
  /** A short run: enough to see that everything works, too little to quote. */
  readonly quick: boolean;
}

/** Rows that belong together. */
export interface Group {
  readonly name: string;
  run(context: Context): Promise<readonly Table[]>;
}

/** Gives a workspace and a backend of its own, and ends both. */
export async function withBackend<T>(use: (client: BackendClient, workspace: TestWorkspace) => Promise<T>): Promise<T> {
  const workspace = await TestWorkspace.make();
  try {
    const client = await workspace.connect();
    const result = await use(client, workspace);
    await stop(client);
    return result;
  } finally {
    await workspace.remove();
  }
}

/** The interpreter that `python3` on PATH ends up with. */
export async function findPython(): Promise<string> {
  const { path } = await python.find({ configured: null, workspace: process.cwd(), env: process.env });
  return realpath(path);
}

/** Milliseconds in which a person would not have done anything: what goes on in the background is done by then. */
export function pause(milliseconds = 500): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
