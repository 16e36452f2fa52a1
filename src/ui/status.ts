import type { Status } from '../install/status.ts'
import { wrap } from './text.ts'

const shortTime = (time: string): string => `${time.slice(0, 16).replace('T', ' ')} UTC`

/** For people: what is installed, what was interrupted, what differs. */
export const formatStatus = (status: Status): string =>
  [...installedLines(status), ...interruptedLines(status), ...differenceLines(status)].join('\n')

function installedLines({ installed }: Status): string[] {
  if (!installed) return ['edgekit has installed nothing here.']
  const { bundle, edgekit, installedAt, updatedAt } = installed
  return [
    `${bundle.name} ${bundle.kubeedgeVersion} for ${bundle.arch}`,
    `  first installed ${shortTime(installedAt)}`,
    `  last changed    ${shortTime(updatedAt)}, by edgekit ${edgekit}`,
  ]
}

function interruptedLines({ interrupted }: Status): string[] {
  if (!interrupted) return []
  const { command, since } = interrupted
  const rollback = command === 'uninstall' ? '' : ', or put everything back: edgekit rollback'
  return [
    wrap(
      `An edgekit ${command} of ${shortTime(since)} was interrupted. Finish it with the same command${rollback}`,
    ),
  ]
}

function differenceLines({ installed, differences }: Status): string[] {
  if (!installed) return []
  if (differences.length === 0) return ['Everything is as it was installed.']
  return [
    'Not as it was installed:',
    ...differences.map(({ what, how }) => wrap(`${what} ${how}`, 2)),
    wrap('edgekit install of the same bundle makes it right again where it is not yours.'),
  ]
}
