import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '../../..');
const read = (file: string): Record<string, string> => JSON.parse(readFileSync(path.join(root, file), 'utf8'));

/** What must stand in a translation as often as in English: places to fill, commands behind links, code. */
const KEPT = /\{\d+\}|\(command:[^)]*\)|`[^`]*`/g;
const kept = (text: string) => (text.match(KEPT) ?? []).sort();

/** Languages are the files: one that is added is held to the same. */
const languages = globSync('package.nls.*.json', { cwd: root }).map((file) => file.split('.')[2] ?? '');

describe('translations', () => {
  it('are there for German', () => assert.ok(languages.includes('de')));

  for (const language of languages) {
    for (const [english, translated] of [
      ['package.nls.json', `package.nls.${language}.json`],
      ['l10n/bundle.l10n.json', `l10n/bundle.l10n.${language}.json`],
    ] as const) {
      it(`in ${translated} are complete: each text of ${english} is there, and no other`, () => {
        const texts = read(translated);
        const missing = Object.keys(read(english)).filter((key) => !texts[key]?.trim());
        const list = missing.map((key) => `\n  ${JSON.stringify(key)}`).join('');
        if (missing.length > 0) assert.fail(`${translated} has no text yet for these keys of ${english}:${list}`);
        const left = Object.keys(texts).filter((key) => !(key in read(english)));
        assert.deepEqual(left, [], `${translated} still has what ${english} has no more`);
      });

      it(`in ${translated} keep places, links and code`, () => {
        const texts = read(translated);
        for (const [key, text] of Object.entries(read(english))) {
          const translation = texts[key];
          if (translation !== undefined) assert.deepEqual(kept(translation), kept(text), `${translated}: ${key}`);
        }
      });
    }
  }
});
