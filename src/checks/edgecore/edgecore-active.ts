import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

const stableAfterMs = 60_000
const showLog = 'journalctl -u edgecore -n 50 --no-pager'

export const edgecoreActive: Check = {
  id: 'edgecore-active',
  title: 'edgecore.service is active and stable',
  tags: ['checklist', 'doctor'],
  appliesTo: { edgecore: 'running' },
  needs: [
    'masked-units',
    'containerd-answers',
    'cri-plugin',
    'no-kubelet',
    'edgecore-config-valid',
    'edgecore-database',
    'event-bus-tls',
    'node-certificate',
    'edgecore-token',
  ],
  run(facts) {
    const unit = requireFact(facts.units).edgecore
    if (unit.load === 'not-found') {
      return {
        status: 'fail',
        observed: 'edgecore.service does not exist',
        expected: 'the unit edgekit installs',
        remedy: {
          text: 'Install a bundle: run its edgekit from the unpacked directory.',
          commands: ['./edgekit install'],
        },
      }
    }
    const log = 'value' in facts.edgecoreLog ? facts.edgecoreLog.value : undefined
    const fatal = log?.fatal ?? log?.previousFatal
    const restarting = log && log.restarts > 0 && (unit.activeForMs ?? 0) < stableAfterMs
    if (unit.active === 'active' && !log?.fatal && !(restarting && fatal)) {
      return {
        status: 'pass',
        observed: `active (${unit.sub}) for ${Math.round((unit.activeForMs ?? 0) / 1000)} s, ${unit.restarts} restarts`,
      }
    }
    return {
      status: 'fail',
      observed: fatal
        ? `EdgeCore exits: ${fatal.text}`
        : `${unit.name} is ${unit.active} (${unit.sub}), result ${unit.result}, ${unit.restarts} restarts`,
      expected: 'active (running), without restarts in the last minute',
      evidence: fatal ? [fatal.line] : [],
      remedy: fatal
        ? { text: fatal.remedy, commands: fatal.commands ?? [showLog] }
        : {
            text: 'Start EdgeCore. If it exits again, its journal shows why.',
            commands: ['systemctl enable --now edgecore', showLog],
            fix: { kind: 'start', unit: unit.name },
          },
    }
  },
}
