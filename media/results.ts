import { post } from './bridge.ts';
import documentStyles from './document.css';
import './elements/results-app.ts';

const sheet = new CSSStyleSheet();
sheet.replaceSync(documentStyles);
document.adoptedStyleSheets.push(sheet);

const report = (error: unknown) =>
  post({
    type: 'error',
    message: (error instanceof Error ? (error.stack ?? error.message) : String(error)).slice(0, 2000),
  });

window.addEventListener('error', (event) => {
  // Says only that sizes will be looked at again in the next frame.
  if (!event.message.startsWith('ResizeObserver loop')) report(event.error ?? event.message);
});
window.addEventListener('unhandledrejection', (event) => report(event.reason));
