import path from 'node:path';
import { Store } from './store.ts';

/** One for each file in this process: sessions share it. */
const opened = new Map<string, Promise<Store>>();

/** @throws CapabilityError when its file is damaged or cannot be read. */
export function storeOf(stateFolder: string): Promise<Store> {
  const file = path.join(stateFolder, 'store.json');
  let store = opened.get(file);
  if (!store) {
    store = Store.open(file);
    opened.set(file, store);
    // A file that has been put right is read at the next call.
    store.catch(() => opened.delete(file));
  }
  return store;
}
