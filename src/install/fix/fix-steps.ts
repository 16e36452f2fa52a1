import { createHash } from 'node:crypto'
import type { Fix } from '../../checks/check.ts'
import { broker, paths, units } from '../../node/paths.ts'
import type { DesiredStep } from '../desired/step-makers.ts'
import type { Receipt } from '../record/receipt.ts'

/** A step of a fix; `always` when it is to be done although it looks done: a frozen broker is active. */
export type FixStep = DesiredStep & { always?: true }

/** What a fix needs to know of this node. */
export interface Knowledge {
  receipt: Receipt
  /** Texts that an install of this edgekit writes, by their path on the node. */
  texts: Readonly<Record<string, string>>
}

const run = (unit: string, always?: true): FixStep[] => [
  {
    id: unit,
    kind: 'unit-running',
    spec: { unit, mayFail: unit === units.edgecore },
    ...(always && { always }),
  },
  ...(unit === units.broker ? [brokerAnswers] : []),
]

const brokerAnswers: FixStep = {
  id: 'broker answers',
  kind: 'broker-answers',
  spec: { ...broker, timeoutMs: 30_000 },
}

const reload: FixStep = {
  id: 'daemon-reload',
  kind: 'daemon-reload',
  spec: { units: Object.values(units) },
  always: true,
}

/** The steps of an install that bring back what a check misses; none when only a person can do it. */
export function fixSteps(fix: Fix, knowledge: Knowledge): FixStep[] {
  switch (fix.kind) {
    case 'start':
      return run(fix.unit)
    case 'enable':
      return [{ id: `enable ${fix.unit}`, kind: 'unit-enabled', spec: { unit: fix.unit } }, reload]
    case 'reimport-image': {
      const image = installedStep(knowledge, 'image', id => id === fix.image)
      // A broker that could not start for want of it need not wait for the next look.
      const isBroker = knowledge.texts[paths.brokerUnit]?.includes(fix.image)
      return image.length > 0 && isBroker ? [...image, ...run(units.broker)] : image
    }
    case 'repin':
      return installedStep(knowledge, 'image', id => id === fix.image)
    case 'patch-event-bus': {
      const patch = installedStep(knowledge, 'edgecore-config', () => true)
      return patch.length === 0 ? [] : [...patch, ...run(units.edgecore, true)]
    }
    case 'daemon-reload':
      return [reload]
    case 'clean-stale-container':
      // Its unit removes what is left of a container before it starts a new one.
      return run(units.broker, true)
    case 'restore-own-file':
      return restore(fix.path, knowledge)
  }
}

/** A step as the last install did it. */
const installedStep = (
  { receipt }: Knowledge,
  kind: DesiredStep['kind'],
  wanted: (id: string) => boolean,
): FixStep[] =>
  receipt.items
    .filter(item => item.kind === kind && wanted(item.id))
    .map(({ id, spec }) => ({ id, kind, spec }) as FixStep)

/** Only a text that is byte for byte what was installed; another edgekit may have written another. */
function restore(path: string, knowledge: Knowledge): FixStep[] {
  const link = installedStep(knowledge, 'link', id => id === path)
  if (link.length > 0) return link
  const text = knowledge.texts[path]
  const [step] = installedStep(knowledge, 'file', id => id === path)
  if (text === undefined || step?.kind !== 'file') return []
  if (createHash('sha256').update(text).digest('hex') !== step.spec.sha256) return []
  const unit = path.includes('/edgecore.service') ? units.edgecore : units.broker
  return [
    { ...step, spec: { ...step.spec, source: { text } }, always: true },
    ...(path.startsWith('/etc/systemd/') ? [reload] : []),
    ...run(unit, true),
  ]
}
