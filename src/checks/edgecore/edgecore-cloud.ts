import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

/** The way is not there, which is everyday life of an edge node, and nothing on it to mend. */
const unreachable = /refused|timeout|timed out|unreachable|no route|no such host|deadline/i

export const edgecoreCloud: Check = {
  id: 'edgecore-cloud',
  title: 'EdgeCore is connected to its cloud',
  tags: ['doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['edgecore-active'],
  run(facts) {
    const { cloud, cloudReason } = requireFact(facts.edgecoreLog)
    if (cloud === 'connected') return { status: 'pass', observed: 'connected' }
    if (cloud === 'disabled') return { status: 'skip', observed: 'switched off (modules.edgeHub.enable)' }
    if (cloud === 'unknown') return { status: 'skip', observed: 'its log says nothing about it' }
    if (cloudReason === undefined || unreachable.test(cloudReason))
      return {
        status: 'skip',
        observed: 'the cloud is out of reach; EdgeCore tries on, and the node works without it',
      }
    return {
      status: 'warn',
      observed: 'the cloud is in reach, and turns EdgeCore away or hangs up',
      expected: 'a connection, as soon as there is a way',
      evidence: [cloudReason],
      remedy: {
        text: 'See that modules.edgeHub.httpServer and websocket.server are those of CloudCore, that its advertiseAddress has the address, and that the certificate of this node is from there.',
        commands: [
          'grep -nE "httpServer|server:" /etc/kubeedge/config/edgecore.yaml',
          'journalctl -u edgecore --no-pager | grep -i websocket | tail -n 20',
        ],
      },
    }
  },
}
