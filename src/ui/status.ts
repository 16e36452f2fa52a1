import type { Status } from '../install/status.ts'
import { wrap } from './text.ts'

const shortTime = (time: string): string => `${time.slice(0, 16).replace('T', ' ')} UTC`

export const formatStatus = (status: Status): string =>
  [...installedLines(status), ...interruptedLines(status), ...differenceLines(status)].join('\n')

function installedLines({ installed }: Status): string[] {
  if (!installed) return ['edgekit has installed nothing on this machine.']
  const { bundle, edgekit, installedAt, updatedAt } = installed
  return [
    `${bundle.name} ${bundle.kubeedgeVersion} for ${bundle.arch}`,
    `  first installed ${shortTime(installedAt)}`,
    `  last changed    ${shortTime(updatedAt)} by edgekit ${edgekit}`,
  ]
}

function interruptedLines({ interrupted }: Status): string[] {
  if (!interrupted) return []
  const { command, since, runningAs } = interrupted
  if (runningAs !== undefined)
    return [`edgekit ${command} is running (process ${runningAs}, since ${shortTime(since)}).`]
  const rollback = command === 'uninstall' ? '' : ', or roll back: edgekit rollback'
  return [
    wrap(
      `edgekit ${command} was interrupted on ${shortTime(since)}. Run the same command again to finish${rollback}`,
    ),
  ]
}

function differenceLines({ installed, differences }: Status): string[] {
  if (!installed) return []
  if (differences.length === 0) return ['Nothing has changed since.']
  return [
    'Changed since:',
    ...differences.map(({ what, how }) => wrap(`${what} ${how}`, 2)),
    wrap('To restore what edgekit owns, install the same bundle again: edgekit install'),
  ]
}
