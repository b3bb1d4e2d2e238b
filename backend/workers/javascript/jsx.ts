// A bundle of its own, loaded with the first cell in JSX.
export { transform } from 'sucrase';
