import type * as vscode from 'vscode';
import type { LanguageId } from '../../backend/workers/language.ts';

/** Remembers which session runs which code, for later windows too. */
export class SessionMemory {
  readonly #state: vscode.Memento;

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  /** Id of the session that was made for a choice of this name; also when it has been renamed since. */
  made(language: LanguageId, name: string): string | undefined {
    return this.#state.get<string>(madeKey(language, name));
  }

  async setMade(language: LanguageId, name: string, sessionId: string): Promise<void> {
    await this.#state.update(madeKey(language, name), sessionId);
  }

  /** Id of the session that a person has picked for a file; for null that of files that were never saved. */
  picked(language: LanguageId, file: string | null): string | undefined {
    return this.#state.get<string>(pickedKey(language, file));
  }

  /** @param sessionId undefined to go by the settings again. */
  async setPicked(language: LanguageId, file: string | null, sessionId: string | undefined): Promise<void> {
    await this.#state.update(pickedKey(language, file), sessionId);
  }

  /** The session is gone. */
  forget(sessionId: string): void {
    for (const key of this.#state.keys()) {
      if (this.#state.get(key) === sessionId) void this.#state.update(key, undefined);
    }
  }
}

function madeKey(language: LanguageId, name: string): string {
  return `session:${language}:${name}`;
}

function pickedKey(language: LanguageId, file: string | null): string {
  return `file:${language}:${file ?? ''}`;
}
