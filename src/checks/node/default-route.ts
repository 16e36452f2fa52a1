import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const defaultRoute: Check = {
  id: 'default-route',
  title: "EdgeCore can determine the node's IP address",
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
        observed: `modules.edged.nodeIP is ${nodeIP}, which is not an address of this machine`,
        expected: `one of ${addresses.join(', ') || 'the addresses of this machine, which currently has none'}`,
        remedy: {
          text: 'Set modules.edged.nodeIP in edgecore.yaml to an address of this machine.',
          commands: [
            `./edgekit install --set modules.edged.nodeIP=${addresses[0] ?? 'ADDRESS'}`,
            'systemctl restart edgecore',
          ],
        },
      }
    }
    const [first] = defaultRoutes
    if (first) return { status: 'pass', observed: `default route through ${first}` }
    return {
      status: 'fail',
      observed: 'no default route, and modules.edged.nodeIP is not set in edgecore.yaml',
      expected:
        'one of the two: EdgeCore uses the address of the default route, and the node never becomes ready without an address',
      remedy: {
        text: 'Add a default route. Any interface will do, even on a node without a network.',
        commands: ['ip route add default dev eth0'],
      },
    }
  },
}
