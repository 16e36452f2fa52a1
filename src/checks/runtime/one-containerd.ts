import { requireFact } from '../../facts/fact.ts'
import { containerdSocket } from '../../node/paths.ts'
import type { Check } from '../check.ts'

export const oneContainerd: Check = {
  id: 'one-containerd',
  title: 'There is one containerd on this node',
  tags: ['preflight', 'doctor'],
  needs: ['containerd-answers'],
  run(facts) {
    const { otherSockets } = requireFact(facts.containerdFiles)
    if (otherSockets.length === 0) return { status: 'pass', observed: containerdSocket }
    return {
      status: 'warn',
      observed: `another containerd answers on ${otherSockets.join(', ')}`,
      expected: `only that on ${containerdSocket}: images and containers of one are not seen by the other`,
      remedy: {
        text: 'If it is not needed, stop what brings it (k3s, Docker, MicroK8s). If it is, mind which one you ask: ctr --address SOCKET.',
        commands: otherSockets.map(socket => `ctr --address ${socket} version`),
      },
    }
  },
}
