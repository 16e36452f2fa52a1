import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const defaultRoute: Check = {
  id: 'default-route',
  title: 'EdgeCore can tell the address of this node',
  tags: ['preflight', 'doctor'],
  appliesTo: { edgecore: 'prepared' },
  run(facts) {
    const { defaultRoutes, addresses } = requireFact(facts.network)
    const nodeIP =
      'value' in facts.edgecoreConfig ? facts.edgecoreConfig.value.config?.edged.nodeIP.value : ''
    if (nodeIP) {
      if (addresses.includes(nodeIP)) return { status: 'pass', observed: `nodeIP is ${nodeIP}` }
      return {
        status: 'fail',
        observed: `modules.edged.nodeIP is ${nodeIP}, which is no address of this machine`,
        expected: `one of ${addresses.join(', ') || 'the addresses of this machine, which has none now'}`,
        remedy: {
          text: 'Correct nodeIP in edgecore.yaml, or give the machine that address.',
          commands: ['ip address'],
        },
      }
    }
    const [first] = defaultRoutes
    if (first) return { status: 'pass', observed: `default route through ${first}` }
    return {
      status: 'fail',
      observed: 'no default route, and no modules.edged.nodeIP in edgecore.yaml',
      expected:
        'one of them: EdgeCore takes the address of the default route, and the node is never ready without one',
      remedy: {
        text: 'Connect the network, or set modules.edged.nodeIP to an address of this machine. On a node that never has a network, a route to nowhere is enough.',
        commands: ['ip address; ip route', 'ip route add default dev eth0'],
      },
    }
  },
}
