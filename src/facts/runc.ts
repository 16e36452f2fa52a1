import { messageOf } from '../lib/errors.ts'
import type { Collector } from './collector.ts'

/** Whether runc, which containerd runs for every container, starts at all. */
export const runc: Collector<{ version: string } | { failure: string }> = {
  timeoutMs: 15_000,
  unchangedByInstall: true,
  collect: async node =>
    node.containerd.runcVersion().then(
      version => ({ version }),
      error => ({ failure: messageOf(error) }),
    ),
}
