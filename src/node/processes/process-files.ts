/** sysconf(_SC_CLK_TCK), the same on all architectures that edgekit supports. */
const ticksPerSecond = 100

/** CPU time, and the start time since the kernel booted, from /proc/PID/stat (proc_pid_stat(5)). */
export function processTimes(stat: string): { cpuMs: number; startedMs: number } {
  // The second field, the name of the program, may contain spaces.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const milliseconds = (ticks = 0): number => (ticks * 1000) / ticksPerSecond
  return { cpuMs: milliseconds((fields[11] ?? 0) + (fields[12] ?? 0)), startedMs: milliseconds(fields[19]) }
}

/** A field of /proc/PID/status (proc_pid_status(5)); empty when it is missing. */
export const statusField = (status: string, name: string): string =>
  new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1]?.trim() ?? ''

/** The resident memory in /proc/PID/status, in bytes. */
export const residentBytes = (status: string): number =>
  Number(statusField(status, 'VmRSS').replace(/ kB$/, '')) * 1024
