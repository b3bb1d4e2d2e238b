import type { Storage } from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Refuses a storage that cannot be meant, and one that would send a token in the clear.
 * @throws HoldfastError `invalid`
 */
export function checkStorage(storage: Storage): void {
  switch (storage.kind) {
    case 'embedded':
      return;
    case 'server': {
      const url = URL.canParse(storage.url) ? new URL(storage.url) : undefined;
      if (!url || !/^https?:$/.test(url.protocol))
        throw invalid('The address of a Resonate server begins with https:// or http://.');
      if (url.username || url.password || url.search || url.hash)
        throw invalid(
          'The address of a Resonate server holds no user, password, query or fragment: give its token by itself.',
        );
      if (storage.token && url.protocol === 'http:' && !LOOPBACK.test(url.hostname))
        throw invalid(
          'A token is not sent over http to another machine, where it could be read on the way: use https.',
        );
      return;
    }
    case 'postgres':
      if (!/^postgres(ql)?:\/\//.test(storage.connectionString) || !URL.canParse(storage.connectionString))
        throw invalid('A connection string of Postgres has the form postgres://user:password@host:5432/database.');
  }
}

/** Which server or database, without credentials: it is shown and written down. Of a storage that was checked. */
export function placeOf(storage: Storage): string | null {
  switch (storage.kind) {
    case 'embedded':
      return null;
    case 'server':
      return storage.url.replace(/\/+$/, '');
    case 'postgres': {
      const { host, pathname } = new URL(storage.connectionString);
      return `${host || 'localhost'}${pathname}`;
    }
  }
}

function invalid(message: string): HoldfastError {
  return new HoldfastError('invalid', message);
}
