import { requireFact } from '../../facts/fact.ts'
import type { Facts } from '../../facts/index.ts'
import { plural } from '../../lib/format.ts'
import { paths } from '../../node/paths.ts'
import type { Check, Finding } from '../check.ts'
import { hasLeftCluster } from '../shared/left-cluster.ts'

export const edgecoreConfigFile: Check = {
  id: 'edgecore-config-file',
  title: "EdgeCore's configuration file exists",
  tags: ['checklist', 'doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['systemd-is-init', 'install-finished'],
  run(facts) {
    const { path, config, problem, hasUnusedDefault, duplicateKeys } = requireFact(facts.edgecoreConfig)
    const configFlag = path === paths.edgecoreConfig ? '' : ` (edgecore.service sets --config ${path})`
    if (problem) {
      return {
        status: 'fail',
        observed: `${path}: ${problem}`,
        expected: 'valid YAML: otherwise EdgeCore exits',
        remedy: {
          text: 'Fix the syntax error, then restart EdgeCore.',
          commands: [`\${EDITOR:-vi} ${path}`, 'systemctl restart edgecore'],
        },
      }
    }
    if (hasLeftCluster(facts)) return leftCluster(path, facts)
    if (!config) {
      return {
        status: 'fail',
        observed: `${path} does not exist${configFlag}`,
        expected: "EdgeCore's configuration",
        remedy: hasUnusedDefault
          ? {
              text: `Remove --config from the unit: EdgeCore then reads ${paths.edgecoreConfig}.`,
              commands: ['systemctl edit --full edgecore.service', 'systemctl restart edgecore'],
            }
          : {
              text: 'Install the bundle again to write the file.',
              commands: ['./edgekit install'],
              // Without a certificate, EdgeCore also needs a token.
              ...(hasCertificate(facts) && { fix: { kind: 'restore-edgecore-config' } }),
            },
      }
    }
    if (duplicateKeys.length > 0) {
      return {
        status: 'warn',
        observed: `${path} has ${plural(duplicateKeys.length, 'key')} more than once`,
        expected: 'each key once: EdgeCore uses the last one and ignores the others',
        evidence: duplicateKeys,
        remedy: {
          text: 'Remove the lines EdgeCore ignores.',
          commands: [`\${EDITOR:-vi} ${path}`],
        },
      }
    }
    if (!hasUnusedDefault) return { status: 'pass', observed: path }
    return {
      status: 'warn',
      observed: `EdgeCore reads ${path} and ignores ${paths.edgecoreConfig}`,
      expected: 'one edgecore.yaml: changes to the other file have no effect',
      remedy: {
        text: 'Delete the file EdgeCore ignores, or remove --config from the unit.',
        commands: [`diff ${paths.edgecoreConfig} ${path}`, `rm ${paths.edgecoreConfig}`],
      },
    }
  },
}

const hasCertificate = (facts: Facts): boolean => {
  const { node } = requireFact(facts.certificates)
  return node !== undefined && !('problem' in node)
}

function leftCluster(path: string, facts: Facts): Finding {
  const { cloudcore } = requireFact(facts.installedSettings)
  return {
    status: 'fail',
    observed: `${path}, the node certificate and EdgeCore's database are gone, as after keadm reset: this node is in no cluster`,
    expected: 'a node that has joined its cluster',
    remedy: {
      text: 'To join again, print a token on the cloud side and install with it. If the node is no longer needed, uninstall edgekit.',
      commands: [
        'keadm gettoken',
        `./edgekit install${cloudcore === undefined ? ' --cloudcore HOST:10000' : ''} --token-file FILE`,
        'edgekit uninstall',
      ],
    },
  }
}
