import type { PodWarning } from '../../../edgecore/log/log-warnings.ts'
import type { CniFacts } from '../../../facts/cni.ts'
import { requireFact } from '../../../facts/fact.ts'
import type { Facts } from '../../../facts/index.ts'
import type { Check, Finding } from '../../check.ts'

export const cniConfig: Check = {
  id: 'cni-config',
  title: 'Pod network is configured and its plugins exist',
  tags: ['doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['cri-plugin', 'containerd-config'],
  run(facts) {
    const { cni, config } = requireFact(facts.containerdFiles)
    const { configs } = config.cni
    if (!cni) {
      const failed = failedPod(facts, 'cni-config-missing')
      return {
        // The broker and pods with host networking do not need one.
        status: failed ? 'fail' : 'warn',
        observed: `no CNI configuration in ${configs}`,
        expected:
          'a CNI configuration: without it the node is not ready ("cni plugin not initialized") and pods without host networking do not start',
        evidence: failed ? [failed.line] : [],
        remedy: {
          text: 'Install CNI plugins with a configuration, or the agent of your pod network.',
          commands: [`ls -l ${[configs, ...config.cni.plugins].join(' ')}`],
        },
      }
    }
    const { file, problem, plugins, unusable } = cni
    if (problem !== undefined) {
      return {
        status: 'warn',
        observed: `${configs}/${file} is ${problem}`,
        expected:
          'JSON with the type of each plugin: containerd reads this file first and uses no other one, so the node is not ready and pods without host networking do not start',
        remedy: {
          text: 'Restore the file from the package or agent that wrote it, or remove it.',
          commands: [`cat ${configs}/${file}`, `mv ${configs}/${file} ${configs}/${file}.bad`],
        },
      }
    }
    if (unusable.length === 0)
      return { status: 'pass', observed: `${configs}/${file}: ${plugins.join(', ')}` }
    return withoutPlugins(cni, config.cni.plugins, facts)
  },
}

/** Pods that failed for this reason; a node that is only not ready names none. */
const failedPod = ({ edgecoreLog }: Facts, cause: string): PodWarning | undefined =>
  'value' in edgecoreLog
    ? edgecoreLog.value.pods.find(({ code, pods }) => code === cause && pods.length > 0)
    : undefined

/** A node whose pods all use the network of the host works without: only a pod that failed proves that one does not. */
function withoutPlugins(
  { file, unusable, elsewhere }: CniFacts,
  directories: readonly string[],
  facts: Facts,
): Finding {
  const failed = failedPod(facts, 'cni-plugin-missing')
  return {
    status: failed ? 'fail' : 'warn',
    observed: `CNI plugins that ${file} needs cannot run: ${unusable.map(({ plugin }) => plugin).join(', ')}`,
    expected: 'all plugins of the configuration: otherwise pods without host networking do not start',
    evidence: [
      ...unusable.map(({ plugin, problem }) => `${plugin}: ${problem}`),
      ...(failed ? [failed.line] : []),
    ],
    remedy: pluginRemedy(directories, elsewhere),
  }
}

function pluginRemedy(
  directories: readonly string[],
  elsewhere: string | undefined,
): NonNullable<Finding['remedy']> {
  const [directory = ''] = directories
  if (elsewhere) {
    return {
      text: `Copy the plugins from ${elsewhere} to the directory containerd uses.`,
      commands: [`mkdir -p ${directory} && cp -a ${elsewhere}/. ${directory}/`],
    }
  }
  const debian = directories.includes('/usr/lib/cni')
  return {
    text: `Install the plugins in ${directory}${debian ? ': Debian has them in the package containernetworking-plugins' : ''}.`,
    commands: [debian ? 'apt-get install containernetworking-plugins' : `ls -l ${directory}`],
  }
}
