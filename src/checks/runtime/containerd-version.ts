import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

/** Required by KubeEdge 1.15 and later (CHANGELOG-1.15), and the first with `ctr run --cap-drop`. */
const oldest = [1, 6] as const

export const containerdVersion: Check = {
  id: 'containerd-version',
  title: 'containerd is version 1.6 or later',
  tags: ['preflight', 'doctor'],
  appliesTo: { roles: ['edge', 'cloud'] },
  needs: ['containerd-answers'],
  run(facts) {
    const { version } = requireFact(facts.containerd)
    const [, major = 0, minor = 0] = (/^v?(\d+)\.(\d+)/.exec(version) ?? []).map(Number)
    if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1]))
      return { status: 'pass', observed: version }
    return {
      status: 'fail',
      observed: `containerd ${version}`,
      expected: 'containerd 1.6 or later, as in Debian 12 and Ubuntu 22.04',
      remedy: {
        text: 'Upgrade containerd, or use a bundle that brings it.',
        commands: ['apt-get install containerd'],
      },
    }
  },
}
