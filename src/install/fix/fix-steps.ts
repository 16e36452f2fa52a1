import { createHash } from 'node:crypto'
import type { Fix } from '../../checks/check.ts'
import { paths, unitFile, units } from '../../node/paths.ts'
import type { DesiredStep } from '../desired/step-makers.ts'
import { brokerAnswers, runs } from '../desired/unit-steps.ts'
import type { Receipt } from '../record/receipt.ts'

/** A step of a fix. `always`: even if it looks done, since a frozen broker is active too. */
export type FixStep = DesiredStep & { always?: true }

export interface Knowledge {
  receipt: Receipt
  /** Texts this edgekit installs, by their path on the node. */
  texts: Readonly<Record<string, string>>
  /** The edgecore.yaml that the installed bundle starts from; undefined when this edgekit has another one. */
  edgecoreBase: string | undefined
}

const start = (unit: string, always?: true): FixStep[] => [
  { ...runs(unit), ...(always && { always }) },
  ...(unit === units.broker ? [brokerAnswers] : []),
]

const reload: FixStep = {
  id: 'daemon-reload',
  kind: 'daemon-reload',
  spec: { units: Object.values(units) },
  always: true,
}

/** The install steps that make a check pass again; none when a user must decide. */
export function fixSteps(fix: Fix, knowledge: Knowledge): FixStep[] {
  switch (fix.kind) {
    case 'start':
      return start(fix.unit)
    case 'register':
      return start(units.edgecore, true)
    case 'enable':
      return [{ id: `enable ${fix.unit}`, kind: 'unit-enabled', spec: { unit: fix.unit } }, reload]
    case 'reimport-image': {
      const image = installedSteps(knowledge, 'image', id => id === fix.image)
      // A broker that could not start without the image is started in the same round.
      const isBroker = knowledge.texts[paths.brokerUnit]?.includes(fix.image)
      return image.length > 0 && isBroker ? [...image, ...start(units.broker)] : image
    }
    case 'repin':
      return installedSteps(knowledge, 'image', id => id === fix.image)
    case 'patch-event-bus': {
      const patch = installedSteps(knowledge, 'edgecore-config', () => true)
      return patch.length === 0 ? [] : [...patch, ...start(units.edgecore, true)]
    }
    case 'restore-edgecore-config':
      return restoreEdgecoreConfig(knowledge)
    case 'remove-token':
      return fix.paths.flatMap(removeToken)
    case 'make-private':
      return fix.paths.map(path => ({ id: `access of ${path}`, kind: 'file-private', spec: { path } }))
    case 'unmask': {
      const unmask = { id: `unmask ${fix.unit}`, kind: 'unit-unmasked', spec: { unit: fix.unit } } as const
      return [unmask, ...restore(unitFile(fix.unit), knowledge)]
    }
    case 'daemon-reload':
      return [reload]
    case 'clean-stale-container':
      // The unit removes a leftover container before it starts a new one.
      return start(units.broker, true)
    case 'renew-containerd-uuid':
      return [{ id: 'containerd UUID', kind: 'containerd-uuid', spec: {} }]
    case 'restore-own-file':
      return restore(fix.path, knowledge)
  }
}

/** Steps as the last install made them. */
const installedSteps = (
  { receipt }: Knowledge,
  kind: DesiredStep['kind'],
  matches: (id: string) => boolean,
): FixStep[] =>
  receipt.items
    .filter(item => item.kind === kind && matches(item.id))
    .map(({ id, spec }) => ({ id, kind, spec }) as FixStep)

/**
 * Only where the receipt has all that a node needs which has joined: the cloud's address, and no user of the broker, whose
 * password it does not have.
 */
function restoreEdgecoreConfig(knowledge: Knowledge): FixStep[] {
  const [step] = installedSteps(knowledge, 'edgecore-config', () => true)
  const { edgecoreBase: base } = knowledge
  if (step?.kind !== 'edgecore-config' || base === undefined) return []
  const { values } = step.spec
  if (!('modules.edgeHub.httpServer' in values) || 'modules.eventBus.mqttUsername' in values) return []
  return [{ ...step, spec: { ...step.spec, base } }, ...start(units.edgecore, true)]
}

/** EdgeCore would count as running with another edgecore.yaml until it is restarted. */
function removeToken(path: string): FixStep[] {
  if (path === paths.bootstrapToken) return [{ id: path, kind: 'file-removed', spec: { path } }]
  const spec = { path, values: { 'modules.edgeHub.token': '' }, initial: {} }
  return [{ id: `token in ${path}`, kind: 'edgecore-config', spec }, ...start(units.edgecore, true)]
}

/** Only texts identical to what was installed: another edgekit may have installed other ones. */
function restore(path: string, knowledge: Knowledge): FixStep[] {
  const link = installedSteps(knowledge, 'link', id => id === path)
  if (link.length > 0) return link
  const text = knowledge.texts[path]
  const [step] = installedSteps(knowledge, 'file', id => id === path)
  if (text === undefined || step?.kind !== 'file') return []
  if (createHash('sha256').update(text).digest('hex') !== step.spec.sha256) return []
  const unit = path.includes('/edgecore.service') ? units.edgecore : units.broker
  return [
    { ...step, spec: { ...step.spec, source: { text } }, always: true },
    ...(path.startsWith('/etc/systemd/') ? [reload] : []),
    ...start(unit, true),
  ]
}
