// A bundle of its own, loaded with the first TypeScript cell: amaro carries 3.7 MB of WebAssembly as text.
export { transformSync } from 'amaro';
