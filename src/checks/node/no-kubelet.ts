import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const noKubelet: Check = {
  id: 'no-kubelet',
  title: 'No kubelet runs on this node',
  tags: ['preflight', 'doctor'],
  appliesTo: { edgecore: 'prepared' },
  run(facts) {
    const { programs } = requireFact(facts.machine)
    const kubelet = programs.includes('kubelet')
    const proxy = programs.includes('kube-proxy')
    if (!kubelet && !proxy) return { status: 'pass', observed: 'neither kubelet nor kube-proxy' }
    return {
      // KubeEdge 1.18 and earlier refuse to start beside a kube-proxy too.
      status: kubelet ? 'fail' : 'warn',
      observed: `${[...(kubelet ? ['kubelet'] : []), ...(proxy ? ['kube-proxy'] : [])].join(' and ')} running`,
      expected: 'neither: EdgeCore contains the kubelet of an edge node, and exits beside another one',
      remedy: kubelet
        ? {
            text: 'Stop the kubelet. If this machine is a node of a cluster, use another machine as the edge node.',
            commands: ['systemctl disable --now kubelet'],
          }
        : {
            text: 'Exclude edge nodes from the kube-proxy DaemonSet (affinity: node-role.kubernetes.io/edge DoesNotExist).',
          },
    }
  },
}
