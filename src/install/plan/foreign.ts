import { EdgekitError } from '../../lib/errors.ts'
import { paths, units } from '../../node/paths.ts'
import type { DesiredStep } from '../desired/step-makers.ts'
import type { Plan } from './plan.ts'

/** `--force` takes a unit name, as checks and systemctl show it, for the unit's file. */
const unitFiles: Readonly<Record<string, string>> = {
  [units.broker]: paths.brokerUnit,
  [units.edgecore]: paths.edgecoreUnit,
}

/** Kinds of steps that `--force` can replace. */
const replaceable: readonly string[] = ['file', 'link', 'edgecore-config']

/** The ids of the steps `--force` names. Throws EdgekitError (usage) for a name that cannot be replaced. */
export function forcedIds(force: readonly string[], desired: readonly DesiredStep[]): string[] {
  return force.map(name => {
    const id = unitFiles[name] ?? name
    const step = desired.find(step => step.id === id)
    if (step?.kind === 'image') {
      throw new EdgekitError(`cannot replace image ${name}: edgekit did not import it`, {
        code: 'invalid-usage',
        remedy: `If nothing uses it, remove it:\n  ctr -n k8s.io images rm ${name}`,
      })
    }
    if (step && replaceable.includes(step.kind)) return id
    throw new EdgekitError(`cannot replace ${name}: this install does not write it`, {
      code: 'invalid-usage',
      remedy: 'Give --force a path or unit that the refused install named.',
    })
  })
}

/** Throws EdgekitError (refused) when foreign things are in the way. */
export function refuseForeign({ foreign }: Plan): void {
  if (foreign.length === 0) return
  const list = foreign.map(({ id }) => `  ${id}`).join('\n')
  throw new EdgekitError(
    `nothing was changed: these exist already and were not written by edgekit or were changed since:\n${list}`,
    { code: 'not-written-by-edgekit', remedy: replacing(foreign) },
  )
}

function replacing(foreign: Plan['foreign']): string {
  const ids = (belongs: (kind: string) => boolean) =>
    foreign.filter(({ kind }) => belongs(kind)).map(({ id }) => id)
  const section = (title: string, commands: string[]) =>
    commands.length === 0 ? [] : [title, ...commands.map(command => `  ${command}`)]
  const files = ids(kind => replaceable.includes(kind))
  return [
    ...section(
      'Remove images that nothing uses:',
      ids(kind => kind === 'image').map(id => `ctr -n k8s.io images rm ${id}`),
    ),
    ...section(
      'Move these away, to make room for directories:',
      ids(kind => kind === 'directory').map(id => `mv ${id} ${id}.old`),
    ),
    ...section(
      'Replace them, which keeps a backup:',
      files.length === 0 ? [] : [['./edgekit install', ...files.map(id => `--force=${id}`)].join(' ')],
    ),
    'To keep and use what exists, add --adopt.',
  ].join('\n')
}
