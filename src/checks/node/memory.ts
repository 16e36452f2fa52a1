import { requireFact } from '../../facts/fact.ts'
import { formatBytes } from '../../lib/format.ts'
import type { Check } from '../check.ts'

const mebibyte = 1024 * 1024
/** What KubeEdge's own keadm asks for. */
const total = 256 * mebibyte
/** Below it the kubelet inside EdgeCore ends pods (its default `evictionHard`). */
const available = 100 * mebibyte

export const memory: Check = {
  id: 'memory',
  title: 'There is enough memory',
  tags: ['preflight', 'doctor'],
  run(facts) {
    const { memory } = requireFact(facts.machine)
    const observed = `${formatBytes(memory.availableBytes)} of ${formatBytes(memory.totalBytes)} available`
    if (memory.totalBytes >= total && memory.availableBytes >= available) return { status: 'pass', observed }
    return {
      status: 'fail',
      observed,
      expected: `${formatBytes(total)} in all and ${formatBytes(available)} available: with less EdgeCore ends pods`,
      remedy: {
        text: 'See what takes the memory, and stop what is not needed.',
        commands: ['ps -eo rss,comm --sort=-rss | head -n 15'],
      },
    }
  },
}
