/** For example `<0.1 ms`, `0.4 ms`, `25 ms`, `1.3 s`. */
export function duration(seconds: number): string {
  if (seconds < 0.000_1) return '<0.1 ms';
  if (seconds < 0.01) return `${(seconds * 1000).toFixed(1)} ms`;
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  return `${seconds < 100 ? seconds.toFixed(1) : Math.round(seconds)} s`;
}
