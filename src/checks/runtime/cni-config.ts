import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const cniConfig: Check = {
  id: 'cni-config',
  title: 'Pod network is configured',
  tags: ['doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['cri-plugin'],
  run(facts) {
    const { cniFiles, config } = requireFact(facts.containerdFiles)
    if (cniFiles.length > 0)
      return { status: 'pass', observed: `${cniFiles.join(', ')} in ${config.cniConfigs}` }
    return {
      // The broker and pods with host networking do not need one.
      status: 'warn',
      observed: `no CNI configuration in ${config.cniConfigs}`,
      expected:
        'a CNI configuration: without it the node is not ready ("cni plugin not initialized") and pods without host networking do not start',
      remedy: {
        text: 'Install CNI plugins with a configuration, or the agent of your pod network.',
        commands: [`ls -l ${config.cniConfigs} /opt/cni/bin /usr/lib/cni`],
      },
    }
  },
}
