import type { Collector } from './collector.ts'

/** The flags that this machine's `ctr` has, without dashes. */
export const ctr: Collector<{ import: string[]; run: string[] }> = {
  name: 'ctr',
  timeoutMs: 10_000,
  lasting: true,
  onlyBeforeInstall: true,
  collect: node => node.containerd.ctrFlags(),
}
