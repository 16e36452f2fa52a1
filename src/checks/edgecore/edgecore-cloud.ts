import type { EdgecoreLogState } from '../../edgecore/log/read-log.ts'
import { requireFact } from '../../facts/fact.ts'
import type { Facts } from '../../facts/index.ts'
import { wasRegistered } from '../../facts/was-registered.ts'
import type { Check, Finding } from '../check.ts'

/**
 * Causes that are normal on an edge node and not for it to fix: it works offline, and EdgeCore reconnects by itself. They
 * are codes of `cloudCause` in the facts about EdgeCore's log.
 */
const offline: readonly string[] = [
  'cloud-dns',
  'cloud-refused',
  'cloud-no-route',
  'cloud-timeout',
  'cloud-connection-cut',
  'cloud-link-lost',
  'cloud-silent',
]

export const edgecoreCloud: Check = {
  id: 'edgecore-cloud',
  title: 'EdgeCore is connected to the cloud',
  tags: ['checklist', 'doctor'],
  appliesTo: { edgecore: 'running' },
  needs: ['edgecore-active', 'edgecore-database'],
  run(facts) {
    const log = requireFact(facts.edgecoreLog)
    const { cloud, cloudCause } = log
    if (cloud === 'disabled') return { status: 'skip', observed: 'disabled (modules.edgeHub.enable)' }
    if (cloud !== 'connected' && wasRegistered(facts) === false) return neverRegistered(log)
    if (cloudCause && !offline.includes(cloudCause.code)) {
      return {
        // A node that is not registered gets no pods, and does not recover by itself.
        status: log.registered === false ? 'fail' : 'warn',
        observed: cloudCause.text,
        expected: 'a registered node that is connected whenever the cloud is reachable',
        evidence: [cloudCause.line],
        remedy: remedyFor(cloudCause),
      }
    }
    const gaps = log.hasGaps ? ' (the journal dropped lines, so later ones may be missing)' : ''
    if (cloud === 'connected') return { status: 'pass', observed: `connected${gaps}` }
    if (cloud === 'unknown')
      return {
        status: 'skip',
        observed: `no attempt to connect to the cloud in the log${gaps}${unsure(facts)}`,
      }
    return {
      status: 'skip',
      observed: `cloud unreachable${cloudCause ? ` (${cloudCause.text})` : ''}; EdgeCore keeps retrying, the node works offline${unsure(facts)}`,
      evidence: cloudCause ? [cloudCause.line] : [],
    }
  },
}

function unsure({ edgecoreDatabase }: Facts): string {
  const problem = 'value' in edgecoreDatabase ? edgecoreDatabase.value.problem : edgecoreDatabase.unknown
  return problem === undefined ? '' : `; whether it was ever registered could not be read (${problem})`
}

/** A node that the cloud does not know runs no pods, and nothing on it works offline. */
function neverRegistered({ cloudCause, cloudEvidence }: EdgecoreLogState): Finding {
  return {
    status: 'fail',
    observed: `the node has never been registered in the cloud${cloudCause ? `: ${cloudCause.text}` : ''}`,
    expected: 'a node that the cloud has registered once: after that it works offline too',
    evidence: cloudCause ? [cloudCause.line] : cloudEvidence,
    remedy: cloudCause
      ? remedyFor(cloudCause)
      : {
          text: 'Check the address in modules.edgeHub.websocket.server (port 10000) and that CloudCore runs.',
          commands: ['grep -n -A6 "websocket:" /etc/kubeedge/config/edgecore.yaml'],
        },
  }
}

const remedyFor = ({
  code,
  remedy: text,
  commands,
}: NonNullable<EdgecoreLogState['cloudCause']>): NonNullable<Finding['remedy']> => ({
  text,
  ...(commands && { commands }),
  ...(code === 'not-registered' && { fix: { kind: 'register' } as const }),
})
