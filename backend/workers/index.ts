import type { Dialect } from '../protocol/values.ts';
import { javascript } from './javascript/language.ts';
import type { Language, LanguageId } from './language.ts';
import { python } from './python/language.ts';

/** THE list of languages. A new one is a folder beside these and a line here. */
export const languages: readonly Language[] = [python, javascript];

export function languageById(id: LanguageId): Language {
  const language = languages.find((candidate) => candidate.id === id);
  if (!language) throw new Error(`No language "${id}".`);
  return language;
}

export function languageOfDialect(dialect: Dialect): Language {
  const language = languages.find((candidate) => candidate.dialects.includes(dialect));
  if (!language) throw new Error(`No language for "${dialect}".`);
  return language;
}

/** The dialect of VS Code's language id, or undefined when no language claims it. */
export function dialectNamed(languageId: string | undefined): Dialect | undefined {
  return languages.flatMap(({ dialects }) => dialects).find((dialect) => dialect === languageId);
}

/** The dialect of a file by its name's ending, or undefined when no language claims it. */
export function dialectOfFile(path: string): Dialect | undefined {
  for (const language of languages) {
    for (const [ending, dialect] of Object.entries(language.extensions)) {
      if (path.toLowerCase().endsWith(ending)) return dialect;
    }
  }
  return undefined;
}
