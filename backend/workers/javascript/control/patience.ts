/** A main thread that is in native code does not answer; then what is known is shown. */
export const PATIENCE_MS = 250;

/** The main thread's answer; something else when it is late, or was terminated together with the cell. */
export function inTime<T>(answer: Promise<T>, otherwise: T, milliseconds: number = PATIENCE_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), milliseconds);
  });
  return Promise.race([answer.catch(() => otherwise), late]).finally(() => clearTimeout(timer));
}
