import type { TokenShape } from '../../edgecore/token-shape.ts'
import { requireFact } from '../../facts/fact.ts'
import { plural } from '../../lib/format.ts'
import type { Check } from '../check.ts'

/** The hash of the cloud's CA, and the three parts of a JWT. */
const goodParts = 4

export const edgecoreToken: Check = {
  id: 'edgecore-token',
  title: 'Node has joined or has a valid token',
  tags: ['doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['edgecore-config-valid'],
  run(facts) {
    const config = requireFact(facts.edgecoreConfig).config
    if (!config?.edgeHub.enable.value)
      return { status: 'skip', observed: 'the cloud connection is disabled (modules.edgeHub.enable)' }
    const { node, bootstrapFile } = requireFact(facts.certificates)
    if (node) return { status: 'pass', observed: 'joined: the node has a certificate' }
    const token = bootstrapFile ?? config.edgeHub.token
    if (!token.set) {
      return {
        status: 'skip',
        observed: 'not joined yet, and no token is configured',
      }
    }
    const mistake = mistakeIn(token, requireFact(facts.clock).now)
    if (!mistake) return { status: 'pass', observed: 'a well-formed token' }
    return {
      status: 'fail',
      observed: `the node has no certificate, and its token ${mistake}`,
      expected: 'four parts separated by dots, not expired: otherwise EdgeCore cannot join and exits',
      remedy: {
        text: 'Print a new token on the cloud side, and install with it.',
        commands: ['keadm gettoken', './edgekit install --token-file FILE'],
      },
    }
  },
}

function mistakeIn({ parts, expiresAt }: TokenShape, now: number): string | undefined {
  if (parts !== goodParts) return `has ${plural(parts, 'part')}`
  if (expiresAt !== undefined && expiresAt < now) return `expired at ${new Date(expiresAt).toISOString()}`
  return undefined
}
