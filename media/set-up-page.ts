import documentStyles from './document.css';

const MAX_MESSAGE = 2000;

/** Sets a page up: its document's style, and that the extension is told of errors that nobody caught. */
export function setUpPage(report: (message: string) => void): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(documentStyles);
  document.adoptedStyleSheets.push(sheet);
  const tell = (error: unknown) =>
    report((error instanceof Error ? (error.stack ?? error.message) : String(error)).slice(0, MAX_MESSAGE));
  window.addEventListener('error', (event) => {
    // Says only that sizes will be looked at again in the next frame.
    if (!event.message.startsWith('ResizeObserver loop')) tell(event.error ?? event.message);
  });
  window.addEventListener('unhandledrejection', (event) => tell(event.reason));
}
