import DOMPurify from 'dompurify';

/** Elements that could load, submit, embed or speak for the page. */
const FORBIDDEN = [
  'base',
  'button',
  'embed',
  'form',
  'iframe',
  'input',
  'link',
  'meta',
  'object',
  'script',
  'select',
  'textarea',
];
/** A reference within the drawing. */
const LOCAL = /^\s*#/;

/** HTML without anything that could run, load or lead away, as nodes. Styles stay when they are asked for. */
export function sanitizedFragment(source: string, { styles = false } = {}): DocumentFragment {
  return DOMPurify.sanitize(source, {
    RETURN_DOM_FRAGMENT: true,
    USE_PROFILES: { html: true, svg: true, mathMl: true },
    ADD_TAGS: styles ? ['style'] : [],
    FORBID_TAGS: styles ? FORBIDDEN : [...FORBIDDEN, 'style'],
    FORBID_ATTR: styles ? [] : ['style'],
    // Else a leading style sheet is taken for a part of the head and dropped.
    FORCE_BODY: true,
    ALLOW_UNKNOWN_PROTOCOLS: false,
  });
}

/** A drawing without scripts, handlers, other documents or addresses outside itself. @throws when it is no SVG */
export function sanitizedSvg(source: string): string {
  const root = DOMPurify.sanitize(source, {
    PARSER_MEDIA_TYPE: 'image/svg+xml',
    RETURN_DOM: true,
    USE_PROFILES: { svg: true, svgFilters: true },
    // Matplotlib draws every letter by a reference.
    ADD_TAGS: ['use'],
    NAMESPACE: 'http://www.w3.org/2000/svg',
  } as const);
  const svg =
    root instanceof Element && root.localName === 'svg' ? root : (root as ParentNode & Node).querySelector('svg');
  if (!svg) throw new Error('There is no <svg> in it.');
  for (const element of svg.querySelectorAll('*')) {
    for (const name of element.getAttributeNames()) {
      const isAddress = /(^|:)(href|src)$/i.test(name);
      const value = element.getAttribute(name) ?? '';
      if (isAddress && !LOCAL.test(value) && !value.startsWith('data:image/')) element.removeAttribute(name);
    }
  }
  return new XMLSerializer().serializeToString(svg);
}
