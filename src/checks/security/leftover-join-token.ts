import { requireFact } from '../../facts/fact.ts'
import { paths } from '../../node/paths.ts'
import type { Check } from '../check.ts'

export const leftoverJoinToken: Check = {
  id: 'leftover-join-token',
  title: 'No join token is left after joining',
  tags: ['doctor', 'security'],
  needs: ['edgecore-config-file', 'node-certificate'],
  run(facts) {
    const { node, bootstrapFile } = requireFact(facts.certificates)
    if (!node) return { status: 'skip', observed: 'the node has not joined yet' }
    const { path, config } = requireFact(facts.edgecoreConfig)
    const places = [
      ...(config?.edgeHub.token.set ? [path] : []),
      ...(bootstrapFile?.set ? [paths.bootstrapToken] : []),
    ]
    if (places.length === 0) return { status: 'pass', observed: 'none' }
    return {
      status: 'warn',
      observed: `a join token is still in ${places.join(' and ')}`,
      expected: 'no token: this node no longer needs it, and other machines could join with it',
      remedy: {
        text: 'Remove the token.',
        commands: places.map(place =>
          place === path ? `sed -i 's/^\\( *token\\): .*/\\1: ""/' ${path}` : `rm ${place}`,
        ),
        fix: { kind: 'remove-token', paths: places },
      },
    }
  },
}
