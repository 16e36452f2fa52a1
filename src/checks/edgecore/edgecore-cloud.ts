import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

/** Network failures, which are normal on an edge node and not for it to fix. */
const unreachable = /refused|timeout|timed out|unreachable|no route|no such host|deadline/i

export const edgecoreCloud: Check = {
  id: 'edgecore-cloud',
  title: 'EdgeCore is connected to the cloud',
  tags: ['doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['edgecore-active'],
  run(facts) {
    const { cloud, cloudReason } = requireFact(facts.edgecoreLog)
    if (cloud === 'connected') return { status: 'pass', observed: 'connected' }
    if (cloud === 'disabled') return { status: 'skip', observed: 'disabled (modules.edgeHub.enable)' }
    if (cloud === 'unknown') return { status: 'skip', observed: 'not found in the log' }
    if (cloudReason === undefined || unreachable.test(cloudReason))
      return {
        status: 'skip',
        observed: 'cloud unreachable; EdgeCore keeps retrying, the node works offline',
      }
    return {
      status: 'warn',
      observed: 'the cloud is reachable but rejects EdgeCore or closes the connection',
      expected: 'a connection whenever the cloud is reachable',
      evidence: [cloudReason],
      remedy: {
        text: 'Set modules.edgeHub.httpServer and websocket.server to an advertiseAddress of the CloudCore that issued the node certificate.',
        commands: [
          'grep -nE "httpServer|server:" /etc/kubeedge/config/edgecore.yaml',
          'journalctl -u edgecore --no-pager | grep -i websocket | tail -n 20',
        ],
      },
    }
  },
}
