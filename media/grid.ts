import { postGrid } from './grid/bridge.ts';
import { setUpPage } from './set-up-page.ts';
import './elements/data-grid.ts';

setUpPage((message) => postGrid({ type: 'error', message }));
