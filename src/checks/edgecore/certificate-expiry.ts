import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

const dayMs = 24 * 3_600_000
/** EdgeCore renews its one-year certificate when less than about a quarter of that time is left. */
const warnDays = 30

export const certificateExpiry: Check = {
  id: 'certificate-expiry',
  title: 'Node certificate is valid for 30 more days',
  tags: ['doctor', 'security'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['node-certificate'],
  run(facts) {
    const { node } = requireFact(facts.certificates)
    if (!node || 'problem' in node) return { status: 'skip', observed: 'the node has no certificate' }
    const days = Math.floor((node.validTo - requireFact(facts.clock).now) / dayMs)
    if (days >= warnDays) return { status: 'pass', observed: `${days} days` }
    return {
      status: 'warn',
      observed: `expires in ${days} days and has not been renewed`,
      expected:
        'a renewed certificate: EdgeCore renews it when it reaches the cloud, which rejects an expired one',
      remedy: {
        text: 'Connect the node to its cloud before that day, with modules.edgeHub.rotateCertificates true.',
        commands: ['journalctl -u edgecore --no-pager | grep -i certificate | tail -n 20'],
      },
    }
  },
}
