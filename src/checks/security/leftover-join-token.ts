import { requireFact } from '../../facts/fact.ts'
import { paths } from '../../node/paths.ts'
import type { Check } from '../check.ts'

export const leftoverJoinToken: Check = {
  id: 'leftover-join-token',
  title: 'No token is left after joining',
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
      observed: `a token is still in ${places.join(' and ')}`,
      expected: 'none: with it another machine can join as a node, and this one does not need it any more',
      remedy: {
        text: 'Set modules.edgeHub.token to "", and remove the file that keadm left.',
        commands: places.map(place =>
          place === path ? `grep -n "token:" ${path} | cut -c 1-20` : `rm ${place}`,
        ),
      },
    }
  },
}
