import { post } from './bridge.ts';
import './elements/results-app.ts';

const report = (error: unknown) =>
  post({
    type: 'error',
    message: (error instanceof Error ? (error.stack ?? error.message) : String(error)).slice(0, 2000),
  });

window.addEventListener('error', (event) => report(event.error));
window.addEventListener('unhandledrejection', (event) => report(event.reason));
