import { requireFact } from '../../facts/fact.ts'
import { paths } from '../../node/paths.ts'
import type { Check } from '../check.ts'

export const edgecoreConfigFile: Check = {
  id: 'edgecore-config-file',
  title: 'The file that EdgeCore reads is there',
  tags: ['checklist', 'doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['systemd-is-init'],
  run(facts) {
    const { path, config, problem, hasUnusedDefault } = requireFact(facts.edgecoreConfig)
    const unitSays = path === paths.edgecoreConfig ? '' : ` (edgecore.service says --config ${path})`
    if (problem) {
      return {
        status: 'fail',
        observed: `${path}: ${problem}`,
        expected: 'YAML, as keadm and edgekit write it: EdgeCore exits otherwise',
        remedy: { text: 'Correct the place that is named.', commands: [`\${EDITOR:-vi} ${path}`] },
      }
    }
    if (!config) {
      return {
        status: 'fail',
        observed: `${path} does not exist${unitSays}`,
        expected: 'the configuration of EdgeCore',
        remedy: hasUnusedDefault
          ? {
              text: `There is one in ${paths.edgecoreConfig}: take --config out of the unit.`,
              commands: ['systemctl edit --full edgecore.service', 'systemctl restart edgecore'],
            }
          : {
              text: 'Run the edgekit of the bundle: it writes the file.',
              commands: ['./edgekit install'],
            },
      }
    }
    if (!hasUnusedDefault) return { status: 'pass', observed: path }
    return {
      status: 'warn',
      observed: `EdgeCore reads ${path}, and not ${paths.edgecoreConfig}, which is there too`,
      expected: 'one edgecore.yaml: what is changed in the other one has no effect',
      remedy: {
        text: 'Keep one: remove the file that is not read, or take --config out of the unit.',
        commands: [`diff ${paths.edgecoreConfig} ${path}`, 'systemctl cat edgecore'],
      },
    }
  },
}
