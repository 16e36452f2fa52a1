import type { TokenShape } from '../../edgecore/token-shape.ts'
import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

/** The hash of the cloud's CA, and the three parts of a JWT. */
const goodParts = 4

export const edgecoreToken: Check = {
  id: 'edgecore-token',
  title: 'The node has joined, or has a token to join with',
  tags: ['doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['edgecore-config-valid'],
  run(facts) {
    const config = requireFact(facts.edgecoreConfig).config
    if (!config?.edgeHub.enable.value)
      return { status: 'skip', observed: 'the connection to the cloud is off' }
    const { node, bootstrapFile } = requireFact(facts.certificates)
    if (node) return { status: 'pass', observed: 'it has joined: the cloud has given it a certificate' }
    const token = bootstrapFile ?? config.edgeHub.token
    if (!token.set) {
      return {
        status: 'skip',
        observed: 'it has not joined yet, and has no token to join with (keadm gettoken)',
      }
    }
    const mistake = mistakeIn(token, requireFact(facts.clock).now)
    if (!mistake) return { status: 'pass', observed: 'a token of four parts' }
    return {
      status: 'fail',
      observed: `the node has no certificate, and its token ${mistake}`,
      expected:
        'four parts with dots between them, and not too old: EdgeCore cannot join with this one, and exits',
      remedy: {
        text: 'Get a new token on the cloud side, put it into modules.edgeHub.token, and restart EdgeCore.',
        commands: ['keadm gettoken', 'systemctl restart edgecore'],
      },
    }
  },
}

function mistakeIn({ parts, expiresAt }: TokenShape, now: number): string | undefined {
  if (parts !== goodParts) return `has ${parts} part${parts === 1 ? '' : 's'}`
  if (expiresAt !== undefined && expiresAt < now) return `expired at ${new Date(expiresAt).toISOString()}`
  return undefined
}
