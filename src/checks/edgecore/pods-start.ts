import { type FailingPod, type PodWarning, textWithPods } from '../../edgecore/log/log-warnings.ts'
import type { PodContainer } from '../../facts/containerd.ts'
import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

/** The kubelet retries after 10 to 15 s. A pod that failed once, as during a boot, may start then. */
const provenAfterMs = 10_000

export const podsStart: Check = {
  id: 'pods-start',
  title: 'Pods of this node start',
  tags: ['doctor'],
  appliesTo: { edgecore: 'running' },
  needs: [
    'edgecore-active',
    'containerd-answers',
    'cgroup-driver',
    'cni-config',
    'sandbox-image',
    'inotify-limits',
  ],
  run(facts) {
    const { pods: running } = requireFact(facts.containerd)
    const failing = requireFact(facts.edgecoreLog).pods.flatMap(warning => stillFailing(warning, running))
    const [first] = failing
    if (!first) return { status: 'pass', observed: 'no failures in the log' }
    const { remedy: text, commands } = first
    return {
      status: 'warn',
      observed: failing.map(textWithPods).join('; '),
      expected: 'pods that start when the cloud assigns them to this node',
      evidence: failing.map(({ line }) => line),
      remedy: { text, ...(commands && { commands }) },
    }
  },
}

/** The log shows failures only. A container that runs now has recovered. */
function stillFailing(warning: PodWarning, running: readonly PodContainer[]): PodWarning[] {
  if (warning.pods.length === 0) return [warning]
  const pods = warning.pods.filter(pod => isProven(pod) && !running.some(found => isOf(pod, found)))
  return pods.length === 0 ? [] : [{ ...warning, pods }]
}

const isProven = ({ since = 0, until = Number.POSITIVE_INFINITY }: FailingPod): boolean =>
  until - since >= provenAfterMs

const isOf = ({ name, container }: FailingPod, found: PodContainer): boolean =>
  found.pod === name && (container === undefined || found.container === container)
