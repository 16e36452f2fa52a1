import { type Fault, seenAfter } from './fault.ts'

export const memoryFull: Fault = {
  what: 'other programs have taken the memory',
  occasion: 'doctor',
  fails: 'memory',
  says: /80\.\d MB of 1\.0 GB available/,
  release: 'trixie',
  ...seenAfter(
    `printf 'MemTotal: 1000000 kB\\nMemAvailable: 79000 kB\\n' >/run/meminfo; mount --bind /run/meminfo /proc/meminfo`,
  ),
}
