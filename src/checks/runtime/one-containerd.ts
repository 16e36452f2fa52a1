import { requireFact } from '../../facts/fact.ts'
import { containerdSocket } from '../../node/paths.ts'
import type { Check } from '../check.ts'

export const oneContainerd: Check = {
  id: 'one-containerd',
  title: 'Only one containerd runs on this node',
  tags: ['preflight', 'doctor'],
  needs: ['containerd-answers'],
  run(facts) {
    const { otherSockets } = requireFact(facts.containerdFiles)
    if (otherSockets.length === 0) return { status: 'pass', observed: containerdSocket }
    return {
      status: 'warn',
      observed: `another containerd responds on ${otherSockets.join(', ')}`,
      expected: `only the one on ${containerdSocket}: the two do not share images or containers`,
      remedy: {
        text: 'Stop the program that brings it (k3s, Docker, MicroK8s). If you need both, select one with ctr --address SOCKET.',
        commands: otherSockets.map(socket => `ctr --address ${socket} version`),
      },
    }
  },
}
