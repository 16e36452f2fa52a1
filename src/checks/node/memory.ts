import { requireFact } from '../../facts/fact.ts'
import { formatBytes } from '../../lib/format.ts'
import type { Check } from '../check.ts'

const mebibyte = 1024 * 1024
/** The requirement of `keadm debug check`. */
const requiredTotal = 256 * mebibyte
/** Below this the kubelet inside EdgeCore evicts pods (its default `evictionHard`). */
const requiredAvailable = 100 * mebibyte

export const memory: Check = {
  id: 'memory',
  title: 'Enough memory is available',
  tags: ['preflight', 'doctor'],
  run(facts) {
    const { memory } = requireFact(facts.machine)
    const observed = `${formatBytes(memory.availableBytes)} of ${formatBytes(memory.totalBytes)} available`
    if (memory.totalBytes >= requiredTotal && memory.availableBytes >= requiredAvailable)
      return { status: 'pass', observed }
    return {
      status: 'fail',
      observed,
      expected: `${formatBytes(requiredTotal)} in total and ${formatBytes(requiredAvailable)} available: below that EdgeCore evicts pods`,
      remedy: {
        text: 'Find the programs that use the most memory and stop those not needed.',
        commands: ['ps -eo rss,comm --sort=-rss | head -n 15'],
      },
    }
  },
}
