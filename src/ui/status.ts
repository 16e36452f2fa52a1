import type { RunningStatus } from '../install/running-status.ts'
import type { Status } from '../install/status.ts'
import { plural, shortTime } from '../lib/format.ts'
import { formatField, wrap } from './text.ts'

export const formatStatus = (status: Status): string =>
  [
    ...installedLines(status),
    ...runningLines(status),
    ...interruptedLines(status),
    ...differenceLines(status),
  ].join('\n')

function installedLines({ installed }: Status): string[] {
  if (!installed) return ['edgekit has installed nothing on this machine.']
  const { bundle, edgekit, installedAt, updatedAt } = installed
  return [
    `${bundle.name} ${bundle.kubeedgeVersion} for ${bundle.arch}`,
    `  first installed ${shortTime(installedAt)}`,
    `  last changed    ${shortTime(updatedAt)} by edgekit ${edgekit}`,
  ]
}

function runningLines({ running }: Status): string[] {
  if (!running) return []
  const { services, cloud, broker } = running
  return [
    'Services',
    ...services.map(({ name, state, since, version }) =>
      formatField(
        name,
        `${state}${since ? ` since ${shortTime(since)}` : ''}${version ? `, ${version}` : ''}`,
      ),
    ),
    'Cloud',
    formatField('joined', cloud.joined === undefined ? 'unknown' : cloud.joined ? 'yes' : 'no'),
    formatField('link', cloud.link ?? 'unknown'),
    'Broker',
    ...brokerLines(broker),
  ]
}

function brokerLines(broker: RunningStatus['broker']): string[] {
  const { profile, listeners, users, certificateDays, caDays, sessionsWaiting } = broker
  return [
    formatField('profile', profile),
    formatField('listeners', listeners.join(', ') || 'none'),
    ...(users === undefined ? [] : [formatField('users', String(users))]),
    ...(certificateDays === undefined
      ? []
      : [
          formatField(
            'certificate',
            `${plural(certificateDays, 'day')} left, CA ${plural(caDays ?? 0, 'day')}`,
          ),
        ]),
    ...(sessionsWaiting === undefined
      ? []
      : [formatField('sessions', `${sessionsWaiting} waiting for their clients`)]),
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
    'To restore what edgekit owns, install the same bundle again:\n  edgekit install BUNDLE',
  ]
}
