import { post } from './bridge.ts';
import { setUpPage } from './set-up-page.ts';
import './elements/results-app.ts';

setUpPage((message) => post({ type: 'error', message }));
