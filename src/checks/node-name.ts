import { known } from '../facts/fact.ts'
import type { Check } from './check.ts'

// RFC 1123 names in lower case, which is what Kubernetes takes for a node.
const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?'
const name = new RegExp(`^(?!localhost$)(?=.{1,253}$)${label}(\\.${label})*$`)

export const nodeName: Check = {
  id: 'node-name',
  title: 'The host name can be the name of a node',
  tags: ['preflight'],
  run(facts) {
    const { hostName } = known(facts.machine)
    if (name.test(hostName.toLowerCase())) return { status: 'pass', observed: hostName.toLowerCase() }
    return {
      status: 'fail',
      observed: `"${hostName}"`,
      expected:
        'letters, digits and hyphens, in parts separated by dots, and not localhost: the cloud refuses other names',
      remedy: { text: 'Give the machine another name.', commands: ['hostnamectl set-hostname edge-1'] },
    }
  },
}
