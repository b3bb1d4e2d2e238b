/**
 * Tries until it does not throw. For state outside this process that sends no event (a process list, a file that another program
 * removes). @throws the last error when the time is up.
 */
export async function eventually<T>(attempt: () => T | Promise<T>, timeoutMs = 5_000): Promise<T> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}
