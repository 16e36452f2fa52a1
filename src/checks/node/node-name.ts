import { requireFact } from '../../facts/fact.ts'
import type { Facts } from '../../facts/index.ts'
import type { Check } from '../check.ts'

// RFC 1123 subdomain in lower case, as Kubernetes requires of node names.
const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?'
const name = new RegExp(`^(?!localhost$)(?=.{1,253}$)${label}(\\.${label})*$`)

const hostNameSource = 'the host name'

/** The name EdgeCore uses, and where it comes from. */
function nameOf(facts: Facts): { value: string; source: string } {
  const configured =
    'value' in facts.edgecoreConfig
      ? facts.edgecoreConfig.value.config?.edged.hostnameOverride.value
      : undefined
  if (configured) return { value: configured, source: 'hostnameOverride in edgecore.yaml' }
  // Before the first install no file has it yet.
  const requested = requireFact(facts.installedSettings).nodeName
  return requested === undefined
    ? { value: requireFact(facts.machine).hostName.toLowerCase(), source: hostNameSource }
    : { value: requested, source: '--node-name' }
}

export const nodeName: Check = {
  id: 'node-name',
  title: 'Node name is valid and matches its certificate',
  tags: ['preflight', 'doctor'],
  appliesTo: { edgecore: 'prepared' },
  run(facts) {
    if ('value' in facts.edgecoreConfig && facts.edgecoreConfig.value.problem !== undefined)
      return { status: 'skip', observed: 'the name is set in edgecore.yaml, which cannot be parsed' }
    const { value, source } = nameOf(facts)
    if (!name.test(value)) {
      return {
        status: 'fail',
        observed: `"${value}" (${source})`,
        expected:
          'lower-case letters, digits, hyphens and dots (RFC 1123), and not localhost: the cloud rejects other names',
        remedy: {
          text: 'Choose a valid name.',
          commands:
            source === hostNameSource
              ? ['hostnamectl set-hostname edge-1']
              : ['./edgekit install --node-name edge-1'],
        },
      }
    }
    const certificate = requireFact(facts.certificates).node
    const subject = certificate && 'subject' in certificate ? certificate.subject : ''
    const issuedFor = /\bCN=system:node:([^,]*)/.exec(subject)?.[1]
    if (issuedFor !== undefined && issuedFor !== value) {
      return {
        status: 'fail',
        observed: `${value} (${source}), but the node certificate is for ${issuedFor}`,
        expected: 'the same name in both: EdgeCore 1.21 and later exits when they differ',
        remedy: {
          text: `Change the node name back to ${issuedFor}.`,
          commands: [`./edgekit install --node-name ${issuedFor}`, 'systemctl restart edgecore'],
        },
      }
    }
    return { status: 'pass', observed: value }
  },
}
