import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

/** The oldest kernel Kubernetes accepts (k8s.io/system-validators). */
const minimum = [3, 10] as const

export const kernel: Check = {
  id: 'kernel',
  title: 'Kernel is Linux 3.10 or later',
  tags: ['preflight', 'doctor'],
  appliesTo: { roles: ['edge', 'cloud'] },
  run(facts) {
    const { platform, kernel } = requireFact(facts.machine)
    const [, major = 0, minor = 0] = (/^(\d+)\.(\d+)/.exec(kernel) ?? []).map(Number)
    const recent = major > minimum[0] || (major === minimum[0] && minor >= minimum[1])
    if (platform === 'linux' && recent) return { status: 'pass', observed: kernel }
    return {
      status: 'fail',
      observed: `${platform} ${kernel}`,
      expected: 'Linux 3.10 or later: older kernels lack features containers need',
      remedy: { text: 'Upgrade to a newer release of the distribution.' },
    }
  },
}
