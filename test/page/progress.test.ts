import assert from 'node:assert/strict';
import { useResultsPage } from '../helpers/page.ts';

describe('progress in the results', () => {
  const open = useResultsPage();

  it('is a bar with its text, which a screen reader is told too', async () => {
    const progress = [
      { id: 1, text: 'Rows 34% · 340/1000', fraction: 0.34, state: 'running' },
      { id: 2, text: '<b>Files</b> 7', fraction: null, state: 'running' },
      { id: 3, text: 'Over 100% · 2/2', fraction: 1, state: 'done' },
    ] as const;
    await open.results.show([{ id: 'a', status: 'running', progress }]);
    const bars = open.results.page.locator('holdfast-execution[data-id="a"]').getByRole('progressbar');
    await bars.nth(2).waitFor();
    const told = await bars.evaluateAll((all) =>
      all.map((one) => [
        (one as never as { getAttribute(name: string): string | null }).getAttribute('aria-valuenow'),
        (one as never as { getAttribute(name: string): string | null }).getAttribute('aria-label'),
        (one as never as { firstElementChild: { style: { width: string } } }).firstElementChild.style.width,
      ]),
    );
    assert.deepEqual(told, [
      ['34', 'Rows 34% · 340/1000', '34%'],
      [null, '<b>Files</b> 7', '30%'],
      ['100', 'Over 100% · 2/2', '100%'],
    ]);
    await open.results.page.getByText('<b>Files</b> 7').waitFor();
  });
});
