const INTERVAL_MS = 1000;

export interface Vitals {
  /** Resident memory of the process in bytes. */
  readonly memory: number;
  readonly cpuPercent: number;
}

/** Measures the process once a second. */
export function startHeartbeat(beat: (vitals: Vitals) => void): void {
  let cpu = process.cpuUsage();
  let at = performance.now();
  setInterval(() => {
    const used = process.cpuUsage(cpu);
    const now = performance.now();
    const cpuPercent = Math.max(0, (used.user + used.system) / 10 / (now - at));
    cpu = process.cpuUsage();
    at = now;
    beat({ memory: process.memoryUsage.rss(), cpuPercent });
  }, INTERVAL_MS).unref();
}
