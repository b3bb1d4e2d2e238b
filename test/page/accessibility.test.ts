import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { useResultsPage } from '../helpers/page.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Axe {
  axe: {
    run(
      root: unknown,
      options: object,
    ): Promise<{ violations: { id: string; nodes: { target: unknown; failureSummary: string }[] }[] }>;
  };
  document: unknown;
}

describe('the results page for people who do not see it', () => {
  const open = useResultsPage();

  async function check(): Promise<void> {
    await open.results.page.evaluate(AXE);
    const found = await open.results.page.evaluate(async () => {
      const { axe, document } = globalThis as unknown as Axe;
      // Colours are VS Code's, and so are the headings and landmarks around what is a page inside its window.
      const outside = ['color-contrast', 'region', 'landmark-one-main', 'page-has-heading-one'];
      const options = { rules: Object.fromEntries(outside.map((rule) => [rule, { enabled: false }])) };
      const { violations } = await axe.run(document, options);
      return violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join('; ')}`,
      );
    });
    assert.deepEqual(found, []);
  }

  it('has roles, names and states in the list of results', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>';
    const ref = (key: number, mime: string, data: string) => ({
      ref: {
        key,
        at: null,
        forms: [
          { mime, bytes: data.length },
          { mime: 'text/plain', bytes: 1 },
        ],
      },
      forms: [
        { key, mime, data },
        { key, mime: 'text/plain', data: 'x' },
      ],
    });
    const all = [
      ref(1, 'text/html', '<table><tr><th>a</th></tr><tr><td>1</td></tr></table>'),
      ref(2, 'text/markdown', '## title\n\n[link](https://example.com/)'),
      ref(3, 'image/svg+xml', svg),
      ref(4, 'application/json', JSON.stringify({ a: [1, 2], long: 'x'.repeat(100) })),
      ref(5, 'text/latex', '$x^2$'),
    ];
    await open.results.show(
      [
        ...all.map(({ ref }, index) => ({ id: `r-${index}`, value: 'x', rich: [ref] })),
        { id: 'e', status: 'failed', problem: 'File "a", line 1', links: [{ start: 0, end: 16, frame: 0 }] },
        { id: 'q', status: 'running', seconds: null },
      ],
      all.flatMap(({ forms }) => forms),
    );
    await open.results.page.locator('.latex .katex').waitFor();
    await check();
  });

  it('has them in the plots', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>';
    await open.results.showValue('image/svg+xml', svg);
    await open.results.page.getByRole('tab', { name: 'plots' }).click();
    await open.results.page.locator('.large img').waitFor();
    await check();
  });

  it('has them in the namespace', async () => {
    const fields = { type: 'list', kind: 'value', length: 1, shape: null, preview: '[1]' } as const;
    const variables = [{ name: 'a', ...fields, expandable: true, tabular: true }];
    await open.results.show([{ id: 'a' }]);
    await open.results.page.getByRole('tab', { name: 'namespace' }).click();
    const namespaces = [{ sessionId: 's', name: 'Python', busy: false, variables, total: 1 }];
    await open.results.send({ type: 'namespaces', namespaces });
    await open.results.page.locator('.row').waitFor();
    await check();
  });
});
