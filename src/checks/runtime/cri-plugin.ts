import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const criPlugin: Check = {
  id: 'cri-plugin',
  title: "containerd's CRI plugin is on",
  tags: ['preflight', 'doctor'],
  appliesTo: { roles: ['edge', 'cloud'], edgecore: 'prepared' },
  needs: ['containerd-answers'],
  run(facts) {
    const { plugins } = requireFact(facts.containerd)
    const cri = plugins.find(({ type, id }) => type === 'io.containerd.grpc.v1' && id === 'cri')
    if (cri?.status === 'ok') return { status: 'pass', observed: 'on' }
    const files = 'value' in facts.containerdFiles ? facts.containerdFiles.value : undefined
    const disabled = (files?.config.disabledPlugins ?? []).filter(name => /(^|\.)cri$/.test(name))
    return {
      status: 'fail',
      observed: cri ? `it is there, in state ${cri.status}` : 'it is not there',
      expected: 'on: EdgeCore runs pods through it, and exits without it',
      evidence: disabled.map(name => `disabled_plugins has "${name}"`),
      remedy:
        disabled.length > 0
          ? {
              text: "Take it out of disabled_plugins (Docker's containerd package puts it there), then restart containerd.",
              commands: [
                'grep -n disabled_plugins /etc/containerd/config.toml',
                'systemctl restart containerd',
              ],
            }
          : {
              text: 'containerd says at its start why the plugin did not load.',
              commands: ['journalctl -u containerd -b --no-pager | grep -i cri'],
            },
    }
  },
}
