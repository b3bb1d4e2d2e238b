import assert from 'node:assert/strict';
import type { NamespacePart } from '../../media/protocol.ts';
import { useResultsPage } from '../helpers/page.ts';

type Variable = NamespacePart['variables'][number];

const variable = (name: string, fields: Partial<Variable> = {}): Variable => ({
  name,
  type: 'int',
  kind: 'value',
  length: null,
  shape: null,
  preview: `value of ${name}`,
  expandable: false,
  tabular: false,
  ...fields,
});
const part = (...variables: Variable[]): NamespacePart => ({
  sessionId: 's',
  name: 'Python',
  busy: false,
  variables,
  total: variables.length,
});

describe('the namespace tab', () => {
  const open = useResultsPage();
  const locator = (selector: string) => open.results.page.locator(selector);
  const names = () => locator('[role="row"] .name').allInnerTexts();

  async function show(...variables: Variable[]): Promise<void> {
    await open.results.show([{ id: 'a' }]);
    await open.results.page.getByRole('tab', { name: 'namespace' }).click();
    await open.results.send({ type: 'namespaces', namespaces: [part(...variables)] });
    await locator('.row').first().waitFor();
  }

  it('wants the variables only while it is in view', async () => {
    await show(variable('a'));
    assert.deepEqual((await open.results.posted()).at(-1), { type: 'show_namespace', shown: true });
    await open.results.page.getByRole('tab', { name: 'results' }).click();
    await locator('holdfast-list').waitFor();
    assert.deepEqual((await open.results.posted()).at(-1), { type: 'show_namespace', shown: false });
  });

  it('draws few of many variables, sorts and filters them', async () => {
    await show(...Array.from({ length: 5000 }, (_, index) => variable(`v${index}`, { length: index })));
    assert.ok((await locator('.row').count()) < 80);
    assert.equal((await names())[0]?.trim(), 'v0');
    const header = open.results.page.getByRole('button', { name: 'size' });
    await header.click();
    await header.click();
    await locator('.name').first().getByText('v4999').waitFor();
    await locator('holdfast-namespace input').fill('V123');
    await locator('[role="treegrid"][aria-rowcount="12"]').waitFor();
    assert.deepEqual((await names()).map((name) => name.trim()).slice(0, 2), ['v1239', 'v1238']);
  });

  it('opens and closes what is below a value with the keys', async () => {
    await show(variable('list', { type: 'list', length: 2, expandable: true }), variable('other'));
    await locator('[role="treegrid"]').focus();
    await open.results.page.keyboard.press('ArrowRight');
    const target = { expression: 'list', path: [] };
    assert.deepEqual((await open.results.posted()).at(-1), { type: 'children', sessionId: 's', target, start: 0 });
    const children = ['[0]', '[1]'].map((name) => ({
      variable: variable(name, { expandable: true }),
      role: 'item' as const,
      accessor: name,
    }));
    const answer = { type: 'children', sessionId: 's', target, start: 0, problem: null } as const;
    await open.results.send({ ...answer, children, total: 9 });
    await locator('.name').getByText('[1]').waitFor();
    assert.deepEqual(
      (await names()).map((name) => name.trim()),
      ['list', '[0]', '[1]', 'other'],
    );
    await locator('.link').getByText('more items: 7').click();
    assert.deepEqual((await open.results.posted()).at(-1), { type: 'children', sessionId: 's', target, start: 2 });
    await locator('[role="treegrid"]').focus();
    await open.results.page.keyboard.press('Home');
    await open.results.page.keyboard.press('ArrowLeft');
    await locator('.name').getByText('[1]').waitFor({ state: 'detached' });
  });

  it('says why a value cannot be looked into', async () => {
    await show(variable('x', { expandable: true }));
    await locator('.name vscode-icon').click();
    const target = { expression: 'x', path: [] };
    const answer = { type: 'children', sessionId: 's', target, start: 0 } as const;
    await open.results.send({ ...answer, children: [], total: 0, problem: 'The session is busy.' });
    await locator('.note').getByText('The session is busy.').waitFor();
  });

  it('opens a table in the data grid', async () => {
    await show(variable('frame', { type: 'DataFrame', shape: [3, 2], tabular: true }));
    assert.equal(await locator('.row .size').innerText(), '3 × 2');
    await open.results.page.getByRole('button', { name: 'openGrid' }).click();
    const target = { expression: 'frame', path: [] };
    assert.deepEqual((await open.results.posted()).at(-1), { type: 'open_grid', sessionId: 's', target });
  });

  it('takes names and previews for text', async () => {
    await show(
      variable('__proto__', { preview: '<img src=x onerror=alert(1)>', expandable: true }),
      variable('a\u202eb'),
    );
    assert.equal(await locator('holdfast-namespace img').count(), 0);
    await locator('.name vscode-icon').click();
    const target = { expression: '__proto__', path: [] };
    assert.deepEqual((await open.results.posted()).at(-1), { type: 'children', sessionId: 's', target, start: 0 });
  });
});
