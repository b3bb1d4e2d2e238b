const SCHEMES = new Set(['http:', 'https:', 'mailto:']);

/** A link that may be offered to the person. The extension looks again before it opens one. */
export function isSafeLink(url: string): boolean {
  return URL.canParse(url) && SCHEMES.has(new URL(url).protocol);
}

/**
 * Makes the links of a program's HTML harmless: none has an address that the browser or VS Code would follow by itself. Those that
 * may be opened tell the extension; their title shows where they really lead.
 */
export function guardLinks(root: ParentNode, openLink: (url: string) => void): void {
  for (const link of root.querySelectorAll('a, area')) {
    const url = link.getAttribute('href') ?? '';
    for (const name of link.getAttributeNames())
      if (/(^|:)href$|^(target|ping|download)$/i.test(name)) link.removeAttribute(name);
    if (!isSafeLink(url)) continue;
    link.setAttribute('role', 'link');
    link.setAttribute('tabindex', '0');
    link.setAttribute('title', new URL(url).href);
    const open = (event: Event) => {
      event.preventDefault();
      openLink(url);
    };
    link.addEventListener('click', open);
    link.addEventListener('keydown', (event) => {
      if ((event as KeyboardEvent).key === 'Enter') open(event);
    });
  }
}
