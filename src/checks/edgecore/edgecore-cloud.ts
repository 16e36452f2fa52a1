import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

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
  needs: ['edgecore-active'],
  run(facts) {
    const { cloud, cloudCause, registered } = requireFact(facts.edgecoreLog)
    if (cloud === 'disabled') return { status: 'skip', observed: 'disabled (modules.edgeHub.enable)' }
    if (cloudCause && !offline.includes(cloudCause.code)) {
      return {
        // A node that is not registered gets no pods, and does not recover by itself.
        status: registered === false ? 'fail' : 'warn',
        observed: cloudCause.text,
        expected: 'a registered node that is connected whenever the cloud is reachable',
        evidence: [cloudCause.line],
        remedy: { text: cloudCause.remedy, ...(cloudCause.commands && { commands: cloudCause.commands }) },
      }
    }
    if (cloud === 'connected') return { status: 'pass', observed: 'connected' }
    if (cloud === 'unknown') return { status: 'skip', observed: 'not found in the log' }
    return {
      status: 'skip',
      observed: `cloud unreachable${cloudCause ? ` (${cloudCause.text})` : ''}; EdgeCore keeps retrying, the node works offline`,
      evidence: cloudCause ? [cloudCause.line] : [],
    }
  },
}
