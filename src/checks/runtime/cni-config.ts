import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const cniConfig: Check = {
  id: 'cni-config',
  title: 'There is a network configuration for pods',
  tags: ['doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['cri-plugin'],
  run(facts) {
    const { cniFiles, config } = requireFact(facts.containerdFiles)
    if (cniFiles.length > 0)
      return { status: 'pass', observed: `${cniFiles.join(', ')} in ${config.cniConfigs}` }
    return {
      // The broker and pods with the network of the host do without.
      status: 'warn',
      observed: `${config.cniConfigs} has none`,
      expected:
        'a CNI configuration: without it the node is not ready ("cni plugin not initialized") and pods with a network of their own do not start',
      remedy: {
        text: 'Install CNI plugins and a configuration, or the agent of your pod network.',
        commands: [`ls -l ${config.cniConfigs} /opt/cni/bin /usr/lib/cni`],
      },
    }
  },
}
