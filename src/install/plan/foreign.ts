import { EdgekitError } from '../../lib/errors.ts'
import { paths, units } from '../../node/paths.ts'
import type { DesiredStep } from '../desired/step-makers.ts'
import type { Plan } from './plan.ts'

/** A unit stands for its file: that is what the checks and systemctl call it by. */
const unitFiles: Readonly<Record<string, string>> = {
  [units.broker]: paths.brokerUnit,
  [units.edgecore]: paths.edgecoreUnit,
}

/** The ids of steps that `--force` names. Throws EdgekitError (usage) when one names nothing that can be replaced. */
export function forcedIds(force: readonly string[], desired: readonly DesiredStep[]): string[] {
  return force.map(name => {
    const id = unitFiles[name] ?? name
    const step = desired.find(step => step.id === id)
    if (step?.kind === 'image') {
      throw new EdgekitError(`--force ${name}: edgekit does not replace an image of somebody else`, {
        code: 'invalid-usage',
        remedy: `See who uses it, then remove it yourself:\n  ctr -n k8s.io images rm ${name}`,
      })
    }
    if (step && ['file', 'link', 'edgecore-config'].includes(step.kind)) return id
    throw new EdgekitError(`--force ${name}: an install puts nothing of that name in place`, {
      code: 'invalid-usage',
      remedy: 'Name what the refusal named, a path or a unit.',
    })
  })
}

/** Throws EdgekitError, before the first change, when things of somebody else are in the way. */
export function refuseForeign({ foreign }: Plan): void {
  if (foreign.length === 0) return
  const list = foreign.map(({ id }) => `  ${id}`).join('\n')
  throw new EdgekitError(
    `these are there already, and edgekit did not write them as they are now:\n${list}`,
    {
      code: 'not-written-by-edgekit',
      remedy:
        'Use them as they are with --adopt, or replace one, with a backup, with --force=NAME; an image has to be removed by hand (ctr -n k8s.io images rm IMAGE). Nothing has been changed.',
    },
  )
}
