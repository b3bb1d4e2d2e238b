import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

/** The first column of the table below a heading, without backticks. */
function firstColumn(markdown: string, heading: string): string[] {
  const section = markdown.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name ?? '');
}

describe('the documentation', () => {
  it('lists every context key', () => {
    const declared = [...read('extension/platform/context-keys.ts').matchAll(/^ {2}'(holdfast\.\w+)'/gm)];
    assert.deepEqual(firstColumn(read('docs/editor.md'), 'Context keys').sort(), declared.map(([, key]) => key).sort());
  });

  it('of README names every setting and every command', () => {
    const readme = read('README.md');
    const { contributes } = JSON.parse(read('package.json'));
    const texts: Record<string, string> = JSON.parse(read('package.nls.json'));
    const settings: string[] = contributes.configuration.flatMap((group: { properties: object }) =>
      Object.keys(group.properties),
    );
    const short = (name: string) => name.slice(name.lastIndexOf('.') + 1);
    const named = (name: string) => readme.includes(`\`${name}\``) || readme.includes(`\`${short(name)}\``);
    assert.deepEqual(
      settings.filter((name) => !named(name)),
      [],
    );
    const hidden = new Set(
      contributes.menus.commandPalette
        .filter(({ when }: { when?: string }) => when === 'false')
        .map(({ command }: { command: string }) => command),
    );
    const titles: string[] = contributes.commands
      .filter(({ command }: { command: string }) => !hidden.has(command))
      .map(({ title }: { title: string }) => texts[title.replaceAll('%', '')] ?? title);
    // `Hide or Show Modules` is two of them.
    const words = (title: string) => title.replace(/…$/, '').replace(/^(Hide|Show) /, '');
    assert.deepEqual(
      titles.filter((title) => !readme.includes(words(title))),
      [],
    );
  });
});
