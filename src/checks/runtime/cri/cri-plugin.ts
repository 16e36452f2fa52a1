import { requireFact } from '../../../facts/fact.ts'
import type { Check } from '../../check.ts'

export const criPlugin: Check = {
  id: 'cri-plugin',
  title: "containerd's CRI plugin is enabled",
  tags: ['preflight', 'doctor'],
  appliesTo: { roles: ['edge', 'cloud'], edgecore: 'prepared' },
  needs: ['containerd-answers'],
  run(facts) {
    const { plugins } = requireFact(facts.containerd)
    const cri = plugins.find(({ type, id }) => type === 'io.containerd.grpc.v1' && id === 'cri')
    if (cri?.status === 'ok') return { status: 'pass', observed: 'enabled' }
    const files = 'value' in facts.containerdFiles ? facts.containerdFiles.value : undefined
    const disabled = (files?.config.disabledPlugins ?? []).filter(name => /(^|\.)cri$/.test(name))
    return {
      status: 'fail',
      observed: cri ? `the CRI plugin failed to load (${cri.status})` : 'the CRI plugin is not loaded',
      expected: 'an enabled CRI plugin: EdgeCore runs pods through it and exits without it',
      evidence: disabled.map(name => `disabled_plugins contains "${name}"`),
      remedy:
        disabled.length > 0
          ? {
              text: "Remove cri from disabled_plugins in /etc/containerd/config.toml (Docker's containerd package adds it), then restart containerd.",
              commands: [
                String.raw`sed -i '/^disabled_plugins/s/"\(io\.containerd\.grpc\.v1\.\)\?cri",\? *//' /etc/containerd/config.toml`,
                'systemctl restart containerd',
              ],
            }
          : {
              text: 'Check the containerd journal for the reason the plugin did not load.',
              commands: ['journalctl -u containerd -b --no-pager | grep -i cri'],
            },
    }
  },
}
