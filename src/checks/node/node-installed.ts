import type { Facts } from '../../facts/index.ts'
import type { Check } from '../check.ts'

/** Nothing of an edge node is installed, neither by edgekit nor, for example, by keadm. */
const isBlank = ({ bundle, drift, units, edgecoreConfig }: Facts): boolean =>
  'value' in bundle &&
  !bundle.value &&
  'value' in drift &&
  !drift.value &&
  'value' in units &&
  [units.value.broker, units.value.edgecore].every(({ load }) => load === 'not-found') &&
  'value' in edgecoreConfig &&
  !edgecoreConfig.value.config &&
  !edgecoreConfig.value.problem

export const nodeInstalled: Check = {
  id: 'node-installed',
  title: 'A node is installed on this machine',
  tags: ['doctor'],
  appliesTo: { roles: ['edge', 'cloud'] },
  run(facts) {
    if (!isBlank(facts)) return { status: 'pass', observed: 'it has a broker or EdgeCore' }
    return {
      status: 'fail',
      observed: 'nothing is installed: no broker, no EdgeCore, nothing of edgekit',
      expected: 'an edge node, or the cloud side',
      remedy: {
        text: 'Install a bundle: run its edgekit from the unpacked directory.',
        commands: ['./edgekit install'],
      },
    }
  },
}
