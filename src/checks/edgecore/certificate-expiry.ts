import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

const dayMs = 24 * 3_600_000
/** EdgeCore renews a certificate when less than about a quarter of its time is left, a year from the cloud. */
const warnDays = 30

export const certificateExpiry: Check = {
  id: 'certificate-expiry',
  title: "The node's certificate is valid for a while",
  tags: ['doctor', 'security'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['node-certificate'],
  run(facts) {
    const { node } = requireFact(facts.certificates)
    if (!node || 'problem' in node) return { status: 'skip', observed: 'the node has none' }
    const days = Math.floor((node.validTo - requireFact(facts.clock).now) / dayMs)
    if (days >= warnDays) return { status: 'pass', observed: `${days} days` }
    return {
      status: 'warn',
      observed: `it ends in ${days} days, and has not been renewed`,
      expected: 'EdgeCore renews it in time, when it reaches the cloud: an expired one keeps the node out',
      remedy: {
        text: 'Bring the node in reach of its cloud before that day. edgeHub.rotateCertificates must not be false.',
        commands: ['journalctl -u edgecore --no-pager | grep -i certificate | tail -n 20'],
      },
    }
  },
}
