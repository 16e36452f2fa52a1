import { requireFact } from '../../facts/fact.ts'
import type { Facts } from '../../facts/index.ts'
import { containerdSocket } from '../../node/paths.ts'
import type { Check, Finding } from '../check.ts'
import { bringsRuntime } from '../shared/brings-runtime.ts'

export const containerdAnswers: Check = {
  id: 'containerd-answers',
  title: 'containerd answers',
  tags: ['preflight', 'checklist', 'doctor'],
  appliesTo: { roles: ['edge', 'cloud'] },
  needs: ['running-as-root', 'systemd-is-init', 'masked-units'],
  settledByInstall: facts =>
    'value' in facts.bundle && facts.bundle.value && bringsRuntime(facts.bundle.value, facts)
      ? 'the bundle brings containerd'
      : undefined,
  run(facts) {
    const cloud = 'value' in facts.bundle && facts.bundle.value?.role === 'cloud'
    return cloud ? onCloud(facts) : onEdge(facts)
  },
}

/** EdgeCore and the broker's unit know one socket only. */
function onEdge(facts: Facts): Finding {
  const { answers, silent, socket, version } = requireFact(facts.containerd)
  if (silent) return hung(socket)
  if (answers && socket === containerdSocket) return { status: 'pass', observed: `containerd ${version}` }
  const unit = requireFact(facts.units).containerd
  const installed = unit.load === 'loaded'
  return {
    status: 'fail',
    observed: installed
      ? `nothing answers on ${containerdSocket}; containerd.service is ${unit.active} (${unit.sub})`
      : `nothing answers on ${containerdSocket}, and there is no containerd.service`,
    expected: 'containerd running: the broker and the pods are its containers, and EdgeCore exits without it',
    remedy: installed
      ? {
          text: 'Start containerd; if it does not stay up, its journal says why.',
          commands: ['systemctl enable --now containerd', 'journalctl -u containerd -n 50 --no-pager'],
          fix: { kind: 'start', unit: unit.name },
        }
      : { text: 'Install containerd and runc with the packages of your distribution, then try again.' },
  }
}

const hung = (socket: string): Finding => ({
  status: 'fail',
  observed: `containerd accepts connections on ${socket}, and then says nothing`,
  expected: 'an answer within 3 s: it is stopped or stuck, or the disk under it is',
  remedy: {
    text: 'Restart containerd: containers go on meanwhile. If it gets stuck again, look at the disk.',
    commands: [
      'systemctl kill --signal=CONT containerd; systemctl restart containerd',
      'journalctl -u containerd -n 50 --no-pager',
      'dmesg | tail',
    ],
  },
})

/** Kubernetes has to be there first, with the containerd of the distribution or, in k3s, its own. */
function onCloud(facts: Facts): Finding {
  const { answers, silent, socket, version } = requireFact(facts.containerd)
  if (silent) return hung(socket)
  if (answers) return { status: 'pass', observed: `containerd ${version} on ${socket}` }
  return {
    status: 'fail',
    observed: `nothing answers on ${socket}`,
    expected: 'the containerd that runs the pods of the cluster, or that of k3s',
    remedy: {
      text: 'Install on a machine of the Kubernetes cluster, and while it is up.',
      commands: ['systemctl status containerd k3s kubelet --no-pager'],
    },
  }
}
