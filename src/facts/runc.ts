import { messageOf } from '../lib/errors.ts'
import type { Collector } from './collector.ts'

/** Does runc start at all? containerd calls it for every container. */
export const runc: Collector<{ version: string } | { failure: string }> = {
  name: 'runc',
  timeoutMs: 15_000,
  lasting: true,
  collect: async node =>
    node.containerd.runcVersion().then(
      version => ({ version }),
      error => ({ failure: messageOf(error) }),
    ),
}
