import { requireFact } from '../../facts/fact.ts'
import type { Facts } from '../../facts/index.ts'
import type { UnitFacts } from '../../facts/units.ts'
import { containerdSocket } from '../../node/paths.ts'
import type { Check, Finding } from '../check.ts'
import { bringsRuntime } from '../shared/brings-runtime.ts'
import { containerdConfigRemedy } from '../shared/containerd-config.ts'

export const containerdAnswers: Check = {
  id: 'containerd-answers',
  title: 'containerd responds',
  tags: ['preflight', 'checklist', 'doctor'],
  appliesTo: { roles: ['edge', 'cloud'] },
  needs: ['running-as-root', 'systemd-is-init', 'containerd-masked'],
  settledByInstall: facts =>
    'value' in facts.bundle && facts.bundle.value && bringsRuntime(facts.bundle.value, facts)
      ? 'the bundle brings containerd'
      : undefined,
  run(facts) {
    const cloud = 'value' in facts.bundle && facts.bundle.value?.role === 'cloud'
    return cloud ? onCloud(facts) : onEdge(facts)
  },
}

/** EdgeCore and mosquitto.service use one socket only. */
function onEdge(facts: Facts): Finding {
  const { answers, silent, socket, version } = requireFact(facts.containerd)
  if (silent) return hung(socket)
  if (answers && socket === containerdSocket) return { status: 'pass', observed: `containerd ${version}` }
  const unit = requireFact(facts.units).containerd
  const problem = 'value' in facts.containerdFiles ? facts.containerdFiles.value.problem : undefined
  if (problem !== undefined) return misconfigured(unit, problem)
  const installed = unit.load === 'loaded'
  return {
    status: 'fail',
    observed: installed
      ? `no response on ${containerdSocket}; containerd.service is ${unit.active} (${unit.sub})`
      : `no response on ${containerdSocket}, and containerd.service does not exist`,
    expected: 'a running containerd: it runs the broker and all pods, and EdgeCore exits without it',
    remedy: installed
      ? {
          text: 'Start containerd. If it exits again, its journal shows why.',
          commands: ['systemctl enable --now containerd', 'journalctl -u containerd -n 50 --no-pager'],
          fix: { kind: 'start', unit: unit.name },
        }
      : {
          text: 'Install the containerd and runc packages of your distribution, or use a bundle that brings containerd.',
        },
  }
}

const misconfigured = ({ active, sub }: UnitFacts, problem: string): Finding => ({
  status: 'fail',
  observed: `no response on ${containerdSocket}; containerd.service is ${active} (${sub}) and cannot read its configuration`,
  expected: 'a running containerd: it runs the broker and all pods, and EdgeCore exits without it',
  evidence: [problem],
  remedy: {
    ...containerdConfigRemedy,
    commands: [...containerdConfigRemedy.commands, 'systemctl restart containerd'],
  },
})

const hung = (socket: string): Finding => ({
  status: 'fail',
  observed: `containerd accepts connections on ${socket} but does not respond`,
  expected: 'a response within 3 s: containerd or its disk is stuck',
  remedy: {
    text: 'Restart containerd; containers keep running. If it gets stuck again, check the disk.',
    commands: [
      'systemctl kill --signal=CONT containerd; systemctl restart containerd',
      'journalctl -u containerd -n 50 --no-pager',
      'dmesg | tail',
    ],
  },
})

/** Kubernetes must be installed first, with the containerd of the distribution or of k3s. */
function onCloud(facts: Facts): Finding {
  const { answers, silent, socket, version } = requireFact(facts.containerd)
  if (silent) return hung(socket)
  if (answers) return { status: 'pass', observed: `containerd ${version} on ${socket}` }
  return {
    status: 'fail',
    observed: `no response on ${socket}`,
    expected: "the cluster's containerd, or that of k3s",
    remedy: {
      text: 'Install on a node of the Kubernetes cluster while the cluster is running.',
      commands: ['systemctl status containerd k3s kubelet --no-pager'],
    },
  }
}
