import { readFileSync, renameSync } from 'node:fs';
import * as z from 'zod';
import { log, logError } from '../log.ts';
import { Group } from '../protocol/machine.ts';
import { Security } from '../protocol/security.ts';
import { LanguageId, SessionId } from '../protocol/values.ts';
import { writeWhole } from '../write-whole.ts';

/** Sessions that nobody has used for the longest time are forgotten beyond so many. */
const MAX_RECORDS = 30;

/** What a session is made of again when its backend is gone. Its environment is not kept: there may be secrets in it. */
export const SessionRecord = z.strictObject({
  sessionId: SessionId,
  name: z.string().min(1).max(100),
  language: LanguageId,
  interpreter: z.strictObject({
    path: z.string(),
    version: z.string(),
    origin: z.string(),
    watched: z.array(z.string()),
  }),
  cwd: z.string(),
  envFile: z.string().nullable(),
  floor: z.boolean(),
  /** Of the machines that it runs on; absent: here. */
  group: Group.optional(),
  security: Security,
  createdAt: z.number(),
  /** Unix milliseconds of when its variables were thrown away last; 0: never. A checkpoint of before is not for it. */
  emptiedAt: z.number(),
});
export type SessionRecord = z.infer<typeof SessionRecord>;

const RecordsFile = z.strictObject({ version: z.literal(1), sessions: z.array(SessionRecord) });

/** The sessions of a workspace, in a file that outlives the backend. The newest use comes last. */
export class SessionRecords {
  readonly #file: string;
  #written: string;
  #writing: Promise<void> = Promise.resolve();

  /** @param file absolute path */
  constructor(file: string) {
    this.#file = file;
    this.#written = '';
  }

  /** What an earlier backend left; nothing when that cannot be read. Then it is set aside: a newer version may be able to. */
  read(): SessionRecord[] {
    try {
      return RecordsFile.parse(JSON.parse(readFileSync(this.#file, 'utf8'))).sessions;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        logError('Earlier sessions cannot be read', error);
        this.#setAside();
      }
      return [];
    }
  }

  /** Takes the place of what there was. What it does not change is not written. */
  keep(sessions: readonly SessionRecord[]): void {
    const text = `${JSON.stringify({ version: 1, sessions: sessions.slice(-MAX_RECORDS) })}\n`;
    if (text === this.#written) return;
    this.#written = text;
    this.#writing = this.#writing
      .then(() => (text === this.#written ? writeWhole(this.#file, text) : undefined))
      .catch((error: Error) => log(`The sessions cannot be kept: ${error.message}`));
  }

  #setAside(): void {
    try {
      renameSync(this.#file, `${this.#file}.unreadable`);
    } catch (error) {
      logError('The file of earlier sessions could not be set aside', error);
    }
  }

  /** Settles when all is on disk, or cannot be. */
  async flushed(): Promise<void> {
    await this.#writing;
  }
}
