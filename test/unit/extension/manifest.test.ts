import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';

const root = path.join(import.meta.dirname, '../../..');
const json = (file: string): unknown => JSON.parse(readFileSync(path.join(root, file), 'utf8'));

const MenuItem = z.object({ command: z.string().optional(), when: z.string().optional() });
const Manifest = z.object({
  contributes: z.object({
    commands: z.array(z.object({ command: z.string(), title: z.string(), category: z.string().optional() })),
    keybindings: z.array(z.object({ command: z.string(), key: z.string(), when: z.string() })),
    menus: z.record(z.string(), z.array(MenuItem)),
    configuration: z.array(
      z.object({ title: z.string(), properties: z.record(z.string(), z.object({ markdownDescription: z.string() })) }),
    ),
    views: z.record(z.string(), z.array(z.object({ id: z.string() }))),
    walkthroughs: z.array(
      z.object({
        steps: z.array(
          z.object({
            description: z.string(),
            media: z.object({ svg: z.string(), altText: z.string() }),
            completionEvents: z.array(z.string()),
          }),
        ),
      }),
    ),
  }),
});

describe('what package.json contributes', () => {
  const { contributes } = Manifest.parse(json('package.json'));
  const texts = z.record(z.string(), z.string()).parse(json('package.nls.json'));
  const text = (value: string) =>
    texts[value.replaceAll('%', '')] ?? assert.fail(`${value} is not in package.nls.json`);
  const commands = new Set(contributes.commands.map(({ command }) => command));
  const settings = new Set(contributes.configuration.flatMap(({ properties }) => Object.keys(properties)));
  const views = new Set(Object.values(contributes.views).flatMap((all) => all.map(({ id }) => id)));

  it('are commands of one category', () => {
    assert.deepEqual(
      contributes.commands.filter(({ category }) => category !== 'Holdfast').map(({ command }) => command),
      [],
    );
  });

  it('are menus of commands that exist', () => {
    const named = Object.values(contributes.menus).flatMap((items) => items.map(({ command }) => command));
    const unknown = named.filter((it) => it?.startsWith('holdfast.') && !commands.has(it));
    assert.deepEqual(unknown, []);
  });

  it('are keys that leave lists, boxes and snippets of the editor alone', () => {
    const guards = ['!suggestWidgetVisible', '!renameInputVisible', '!inSnippetMode', '!inlineSuggestionVisible'];
    // Keys of views and panels are none of the editor's.
    for (const { key, command, when } of contributes.keybindings.filter((it) => it.when.includes('editorTextFocus'))) {
      for (const guard of guards) assert.ok(when.includes(guard), `${key} for ${command}: ${guard}`);
      assert.match(when, /!find(InputFocussed|WidgetVisible)/, `${key} for ${command}`);
      assert.match(when, /!notebookEditorFocused/, `${key} for ${command}`);
    }
  });

  it('is Shift+Enter only for those who have chosen it', () => {
    const bindings = contributes.keybindings.filter(({ key }) => key === 'shift+enter');
    assert.ok(bindings.length > 0);
    for (const { when } of bindings) assert.match(when, /^config\.holdfast\.keys\.shiftEnter == \w+ && /);
  });

  it('are settings in groups, each with a description', () => {
    for (const { title, properties } of contributes.configuration) {
      assert.ok(text(title).length > 0);
      for (const { markdownDescription } of Object.values(properties))
        assert.match(text(markdownDescription), /[.!)]$/, markdownDescription);
    }
  });

  for (const file of ['package.nls.json', 'package.nls.de.json']) {
    it(`has a walkthrough that is written without code in ${file}: there VS Code would show the marks`, () => {
      const all = z.record(z.string(), z.string()).parse(json(file));
      const steps = Object.entries(all).filter(([key]) => key.startsWith('walkthrough.'));
      assert.ok(steps.length >= 10);
      for (const [key, step] of steps) assert.doesNotMatch(step, /`/, key);
    });
  }

  it('is a walkthrough of five steps, with pictures and with buttons that lead somewhere', () => {
    const [walkthrough] = contributes.walkthroughs;
    assert.equal(walkthrough?.steps.length, 5);
    for (const { description, media, completionEvents } of walkthrough?.steps ?? []) {
      assert.ok(existsSync(path.join(root, media.svg)), media.svg);
      assert.ok(text(media.altText).length > 0);
      const links = [...text(description).matchAll(/\(command:([\w.]+)(?:\?([^)]*))?\)/g)];
      for (const [, command = '', argument] of links) {
        const known = commands.has(command) || views.has(command.replace(/\.focus$/, ''));
        assert.ok(known || command.startsWith('workbench.'), command);
        if (argument) assert.doesNotThrow(() => JSON.parse(decodeURIComponent(argument)), argument);
      }
      for (const event of completionEvents) {
        const [kind = '', what = ''] = event.split(':');
        const known: Record<string, Set<string>> = { onCommand: commands, onSettingChanged: settings, onView: views };
        assert.ok(known[kind]?.has(what), event);
      }
    }
  });
});
