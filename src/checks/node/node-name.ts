import { requireFact } from '../../facts/fact.ts'
import type { Facts } from '../../facts/index.ts'
import type { Check } from '../check.ts'

// RFC 1123 names in lower case, which is what Kubernetes takes for a node.
const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?'
const name = new RegExp(`^(?!localhost$)(?=.{1,253}$)${label}(\\.${label})*$`)

/** The name EdgeCore takes, and where it comes from. */
function nameOf(facts: Facts): { value: string; source: string } {
  const configured =
    'value' in facts.edgecoreConfig
      ? facts.edgecoreConfig.value.config?.edged.hostnameOverride.value
      : undefined
  if (configured) return { value: configured, source: 'hostnameOverride in edgecore.yaml' }
  // Before the first install it is not in a file yet.
  const wanted = requireFact(facts.installedSettings).nodeName
  return wanted === undefined
    ? { value: requireFact(facts.machine).hostName.toLowerCase(), source: 'the host name' }
    : { value: wanted, source: 'asked for' }
}

export const nodeName: Check = {
  id: 'node-name',
  title: 'The name of the node is one that the cloud takes and knows it by',
  tags: ['preflight', 'doctor'],
  appliesTo: { edgecore: 'prepared' },
  run(facts) {
    if ('value' in facts.edgecoreConfig && facts.edgecoreConfig.value.problem !== undefined)
      return { status: 'skip', observed: 'the name is in edgecore.yaml, which cannot be understood' }
    const { value, source } = nameOf(facts)
    if (!name.test(value)) {
      return {
        status: 'fail',
        observed: `"${value}" (${source})`,
        expected:
          'letters, digits and hyphens, in parts separated by dots, and not localhost: the cloud refuses other names',
        remedy: {
          text: 'Give the machine another name, or the node alone with --node-name.',
          commands: ['hostnamectl set-hostname edge-1'],
        },
      }
    }
    const certificate = requireFact(facts.certificates).node
    const subject = certificate && 'subject' in certificate ? certificate.subject : ''
    const issuedFor = /\bCN=system:node:([^,]*)/.exec(subject)?.[1]
    if (issuedFor !== undefined && issuedFor !== value) {
      return {
        status: 'fail',
        observed: `${value} (${source}), but the certificate of this node is for ${issuedFor}`,
        expected: 'the same: EdgeCore 1.21 and later exits when they differ',
        remedy: {
          text: `Set hostnameOverride back to ${issuedFor}, or remove the certificate and join under the new name.`,
          commands: ['grep -n hostnameOverride /etc/kubeedge/config/edgecore.yaml', 'keadm join --help'],
        },
      }
    }
    return { status: 'pass', observed: value }
  },
}
