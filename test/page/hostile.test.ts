import assert from 'node:assert/strict';
import { useResultsPage } from '../helpers/page.ts';

const HTML = [
  '<script>parent.postMessage("owned", "*"); document.title = "owned"</script>',
  '<img src=x onerror="top.document.title=\'owned\'">',
  '<svg onload="top.document.title=\'owned\'"><script>top.document.title="owned"</script></svg>',
  '<a href="javascript:top.document.title=\'owned\'">script link</a>',
  '<a href="command:workbench.action.quit">command link</a>',
  '<a href="ELSEWHERE/a" target="_top" onclick="top.document.title=\'owned\'">web link</a>',
  '<iframe src="ELSEWHERE/frame"></iframe><iframe srcdoc="<script>top.document.title=\'owned\'</script>"></iframe>',
  '<img src="ELSEWHERE/pixel.png"><link rel="stylesheet" href="ELSEWHERE/style.css">',
  '<style>@import "ELSEWHERE/import.css"; body { background: url(ELSEWHERE/background.png) }</style>',
  '<div style="background: url(ELSEWHERE/inline.png)">styled</div>',
  '<form action="ELSEWHERE/form"><input name="a"><button>send</button></form>',
  '<meta http-equiv="refresh" content="0; url=ELSEWHERE/refresh"><base href="ELSEWHERE/">',
  '<object data="ELSEWHERE/object"></object><embed src="ELSEWHERE/embed">',
  '<p id="end">the end</p>',
].join('\n');

const SVG = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="40" height="30" onload="top.document.title='owned'">
  <script>top.document.title = 'owned'</script>
  <a xlink:href="javascript:top.document.title='owned'"><rect width="9" height="9" onclick="top.document.title='owned'"/></a>
  <image href="ELSEWHERE/image.png" width="9" height="9"/>
  <use href="ELSEWHERE/use.svg#a"/>
  <foreignObject width="9" height="9"><body xmlns="http://www.w3.org/1999/xhtml"><script>top.document.title='owned'</script></body></foreignObject>
  <style>@import url(ELSEWHERE/style.css);</style>
  <set attributeName="href" to="javascript:top.document.title='owned'"/>
</svg>`;

const MARKDOWN = [
  '[script](javascript:alert(1)) [command](command:workbench.action.quit) [file](file:///etc/passwd) [data](data:text/html,x)',
  '[vscode](vscode://x/y) [web](ELSEWHERE/page "title")',
  '![remote](ELSEWHERE/remote.png) <img src=x onerror=alert(1)> <script>alert(1)</script>',
  '',
  '<ELSEWHERE/auto> <javascript:alert(1)>',
].join('\n');

describe('what a program hands to the results page', () => {
  const open = useResultsPage();
  const locator = (selector: string) => open.results.page.locator(selector);
  const withAddress = (text: string) => text.replaceAll('ELSEWHERE', open.results.elsewhere);
  const showValue = (mime: string, text: string) => open.results.showValue(mime, withAddress(text));

  it('runs nothing and fetches nothing as HTML', async () => {
    await showValue('text/html', HTML);
    const frame = open.results.page.frameLocator('holdfast-html iframe');
    await frame.locator('#end').waitFor();
    assert.equal(await locator('holdfast-html iframe').getAttribute('sandbox'), 'allow-same-origin');
    for (const tag of ['script', 'iframe', 'object', 'embed', 'form', 'input', 'base', 'link', 'style']) {
      assert.equal(await frame.locator(tag).count(), 0, tag);
    }
    assert.equal(await frame.locator('meta').count(), 1, 'the policy of the frame');
    assert.equal(await frame.locator('[href]').count(), 0);
    assert.equal(await frame.locator('[onerror], [onload], [onclick]').count(), 0);
    await frame.getByText('script link').click();
    await frame.getByText('command link').click();
    assert.deepEqual(
      (await open.results.posted()).filter(({ type }) => type === 'open_link'),
      [],
    );
    await frame.getByText('web link').click();
    assert.deepEqual((await open.results.posted()).at(-1), { type: 'open_link', url: withAddress('ELSEWHERE/a') });
  });

  it('runs nothing and fetches nothing as SVG', async () => {
    await showValue('image/svg+xml', SVG);
    const image = locator('holdfast-image img');
    await image.waitFor();
    const source = await image.evaluate((element) => {
      const host = (element as unknown as ShadowImage).getRootNode().host;
      return new TextDecoder().decode(host.data);
    });
    assert.match(source, /<rect/);
    // An image fetches no style sheet, which is looked at behind each test.
    const rest = source.replace(/@import[^;]*;/, '');
    assert.doesNotMatch(rest, /script|onload|onclick|127\.0\.0\.1|javascript|foreignObject/i);
  });

  it('offers only links of the web in Markdown', async () => {
    await showValue('text/markdown', MARKDOWN);
    await locator('.markdown').waitFor();
    assert.equal(await locator('.markdown [href], .markdown script, .markdown img').count(), 0);
    assert.deepEqual(await locator('.markdown [role="link"]').allInnerTexts(), ['web', withAddress('ELSEWHERE/auto')]);
    await locator('.markdown').getByText('web', { exact: true }).click();
    assert.deepEqual((await open.results.posted()).at(-1), { type: 'open_link', url: withAddress('ELSEWHERE/page') });
    assert.equal(await locator('.markdown [role="link"]').first().getAttribute('title'), withAddress('ELSEWHERE/page'));
  });

  it('loads nothing for a chart', async () => {
    const chart = { data: { url: 'ELSEWHERE/data.json' }, mark: 'bar', encoding: { x: { field: 'a' } } };
    await showValue('application/vnd.vegalite.v5+json', JSON.stringify(chart));
    await locator('.problem').filter({ hasText: 'Charts load nothing' }).waitFor();
  });

  it('runs no expression of a chart as code', async () => {
    const chart = {
      data: { values: [{ a: 1 }] },
      transform: [{ calculate: 'constructor.constructor(\'top.document.title="owned"\')()', as: 'b' }],
      mark: 'point',
      encoding: { x: { field: 'b' } },
    };
    await showValue('application/vnd.vegalite.v5+json', JSON.stringify(chart));
    await locator('.problem, .chart').first().waitFor();
  });

  it('makes no link and no class of a formula', async () => {
    await showValue(
      'text/latex',
      '\\href{javascript:alert(1)}{x} \\includegraphics{ELSEWHERE/i.png} \\htmlClass{holdfast}{y}',
    );
    await locator('.latex .katex').waitFor();
    assert.equal(await locator('.latex [href], .latex img, .latex .holdfast').count(), 0);
  });

  it('ends a formula that never ends', async () => {
    await showValue('text/latex', '\\def\\a{\\a\\a}\\a');
    await locator('.problem').filter({ hasText: 'cannot show' }).waitFor();
  });

  it('shows a bomb of colours in few nodes', async () => {
    const bomb = Array.from({ length: 30_000 }, (_, index) => `\u001b[3${index % 8}mx`).join('');
    await open.results.show([{ id: 'a' }]);
    await open.results.send({
      type: 'output',
      parts: [{ id: 'a', head: [{ stream: 'stdout', text: bomb }], cut: 0, tail: [] }],
    });
    await locator('pre.output').waitFor();
    assert.ok((await locator('pre.output span').count()) <= 2_001);
    assert.equal(((await locator('pre.output').textContent()) ?? '').trim().length, 30_000);
  });

  it('shows a line of a megabyte', async () => {
    await open.results.show([{ id: 'a' }]);
    await open.results.send({
      type: 'output',
      parts: [
        {
          id: 'a',
          head: [{ stream: 'stdout', text: 'x'.repeat(30_000) }],
          cut: 940_000,
          tail: [{ stream: 'stdout', text: 'y'.repeat(30_000) }],
        },
      ],
    });
    await locator('pre.output').first().waitFor();
    const box = await locator('pre.output').first().boundingBox();
    assert.ok(box && box.width < 1280);
  });

  it('keeps text that turns its direction to itself', async () => {
    const text = 'a\u202eb\u2066c';
    await open.results.show([{ id: 'a', title: text, value: text, problem: text, status: 'failed' }]);
    for (const selector of ['.title', 'pre.value', 'pre.problem']) {
      const isolated = await locator(`holdfast-execution ${selector}`).evaluate(
        (element) =>
          (globalThis as never as { getComputedStyle(of: unknown): { unicodeBidi: string } }).getComputedStyle(element)
            .unicodeBidi,
      );
      assert.equal(isolated, 'isolate', selector);
    }
  });

  it('takes names such as __proto__ for names', async () => {
    await showValue('application/json', '{"__proto__": {"polluted": 1}, "constructor": 2, "toString": null}');
    await locator('.name').filter({ hasText: '__proto__' }).waitFor();
    await locator('summary').filter({ hasText: '__proto__' }).click();
    await locator('.leaf').filter({ hasText: 'polluted: 1' }).waitFor();
    assert.equal(
      await open.results.page.evaluate(() => ({}) as { polluted?: number }).then((made) => made.polluted),
      undefined,
    );
  });
});

interface ShadowImage {
  getRootNode(): { host: { data: Uint8Array } };
}
