export interface PageDocument {
  /** A fresh random word of at least 128 bits. */
  readonly nonce: string;
  /** Where our own scripts, styles and fonts come from, as a source of a content security policy. */
  readonly source: string;
  readonly language: string;
  readonly title: string;
  readonly script: string;
  /** Style sheets by the ids that the page finds them under. */
  readonly styles: Readonly<Record<string, string>>;
  /** The custom element that the page consists of. */
  readonly element: string;
}

/**
 * A webview page that loads our own scripts and nothing else. The only place where a content security policy is written.
 * Scripts run by their nonce alone, which what they import inherits. Images are data that the page has, never fetched.
 */
export function pageDocument({ nonce, source, language, title, script, styles, element }: PageDocument): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${source} 'nonce-${nonce}'`,
    `font-src ${source}`,
    'img-src data: blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const sheets = Object.entries(styles).map(
    ([id, href]) => `<link rel="stylesheet" id="${escapeHtml(id)}" nonce="${nonce}" href="${escapeHtml(href)}">`,
  );
  return `<!DOCTYPE html>
<html lang="${escapeHtml(language)}">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${escapeHtml(title)}</title>
    ${sheets.join('\n    ')}
  </head>
  <body>
    <${element}></${element}>
    <script type="module" nonce="${nonce}" src="${escapeHtml(script)}"></script>
  </body>
</html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
