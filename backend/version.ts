import manifest from '../package.json' with { type: 'json' };

/** The version of this package. A client replaces a backend of another version. */
export const VERSION: string = manifest.version;
