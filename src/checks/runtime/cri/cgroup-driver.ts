import { requireFact } from '../../../facts/fact.ts'
import { isForeign } from '../../../facts/units.ts'
import type { Check } from '../../check.ts'

export const cgroupDriver: Check = {
  id: 'cgroup-driver',
  title: 'containerd and EdgeCore use the same cgroup driver',
  tags: ['preflight', 'doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['cri-plugin', 'containerd-config'],
  // An edgecore.yaml of its own gets containerd's driver.
  settledByInstall: ({ units }) =>
    'value' in units && isForeign(units.value.edgecore) ? undefined : 'the install sets it',
  run(facts) {
    const { path, config } = requireFact(facts.edgecoreConfig)
    if (!config) return { status: 'skip', observed: 'edgecore.yaml does not exist yet' }
    const runtime = requireFact(facts.containerdFiles).config.systemdCgroup ? 'systemd' : 'cgroupfs'
    const edgecore = config.edged.cgroupDriver.value
    if (runtime === edgecore) return { status: 'pass', observed: runtime }
    return {
      status: 'fail',
      observed: `containerd uses ${runtime}, EdgeCore ${edgecore}`,
      expected:
        'the same driver: otherwise no pod starts (expected cgroupsPath to be of format "slice:prefix:name")',
      evidence: [
        `SystemdCgroup = ${runtime === 'systemd'} in containerd's configuration`,
        `modules.edged.tailoredKubeletConfig.cgroupDriver: ${edgecore} in ${path}`,
      ],
      remedy: {
        text: `Set cgroupDriver in edgecore.yaml to ${runtime}, then restart EdgeCore.`,
        commands: [
          `sed -i 's/cgroupDriver: .*/cgroupDriver: ${runtime}/' ${path}`,
          'systemctl restart edgecore',
        ],
      },
    }
  },
}
