import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

/** Before these releases the CRI plugin does not ask for the UUID (pkg/cri/server/status.go). */
const needless = /^v?1\.(6\.(1?\d|2[0-8])|7\.(\d|1[0-3]))(?!\d)/

export const containerdUuid: Check = {
  id: 'containerd-uuid',
  title: 'containerd has a valid UUID',
  tags: ['doctor'],
  needs: ['containerd-answers'],
  run(facts) {
    const { damagedUuid } = requireFact(facts.containerdFiles)
    if (!damagedUuid) return { status: 'pass', observed: 'containerd can read it' }
    const { path, problem } = damagedUuid
    const { version } = requireFact(facts.containerd)
    const isNeeded = !needless.test(version)
    return {
      status: isNeeded ? 'fail' : 'warn',
      observed: `${path} is ${problem}`,
      expected: isNeeded
        ? 'a UUID: without one containerd does not report its status to EdgeCore, and no pod starts. A power cut can damage it'
        : 'a UUID: without one "ctr version" fails. A power cut can damage it',
      remedy: {
        text: 'Remove the file. containerd makes a new one.',
        commands: [`rm ${path}`],
        fix: { kind: 'renew-containerd-uuid' },
      },
    }
  },
}
