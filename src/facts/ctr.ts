import type { Collector } from './collector.ts'

/** Options of this machine's `ctr`, without dashes. */
export const ctr: Collector<{ import: string[]; run: string[] }> = {
  timeoutMs: 10_000,
  unchangedByInstall: true,
  onlyBeforeInstall: true,
  collect: (node, signal) => node.containerd.ctrFlags(signal),
}
