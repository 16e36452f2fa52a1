import { EdgekitError } from '../lib/errors.ts'

/** The refusal of a bundle that differs from its manifest. */
export function damagedBundle(name: string, problems: readonly string[]): EdgekitError {
  const list = problems.length === 1 ? ` ${problems[0]}` : problems.map(problem => `\n  ${problem}`).join('')
  return new EdgekitError(`${name} is damaged:${list}`, {
    code: 'bundle-damaged',
    remedy: 'Copy the bundle again. If the copy is damaged too, the USB stick or the disk is failing.',
  })
}
