import type { InstalledService } from '../../install/devices/install-service.ts'
import type { ServiceStatus } from '../../install/devices/service-status.ts'
import type { RemovedService } from '../../install/devices/uninstall-service.ts'
import { hostPort, plural, shortTime } from '../../lib/format.ts'
import { upToDate } from '../plan.ts'
import { formatTable, paint, wrap } from '../text.ts'

/** The result of `devices install`. */
export function formatInstalledService({ settings, done }: InstalledService): string {
  if (done.length === 0) return upToDate
  const { broker, http, databasePath } = settings
  return [
    '\nThe device service works.',
    formatTable([
      ['  Broker', hostPort(broker.host, broker.port)],
      ['  Database', databasePath],
      ['  HTTP', hostPort(http.address, http.port)],
    ]),
  ].join('\n')
}

/** The result of `devices uninstall`. */
export const formatRemovedService = ({ done, kept }: RemovedService): string =>
  [
    done.length === 0
      ? 'Nothing to do: the device service is not installed.'
      : '\nThe device service was removed.',
    ...(kept.length > 0
      ? [
          '\nKept:',
          ...kept.map(({ what, why }) => wrap(`${what}: ${why}`, 2)),
          '\nTo delete this, too, run:\n  sudo edgekit devices uninstall --purge',
        ]
      : []),
  ].join('\n')

export const removalQuestion = (purge: boolean): string =>
  purge
    ? 'Stop and remove the device service, and delete its database for good?'
    : 'Stop and remove the device service?'

/** `devices status`, on a few lines. */
export function formatServiceStatus(status: ServiceStatus | undefined): string {
  if (!status) return 'The device service is not installed.'
  const { health, state, since, atBoot, restarts, broker, database, http } = status
  const seen = (isGood: boolean, text: string): string => (isGood ? text : paint('red', text))
  return formatTable([
    [
      'Service',
      [
        `${seen(state === 'active', state)}${since === undefined ? '' : ` since ${shortTime(since)}`}`,
        ...(restarts > 0 ? [plural(restarts, 'restart')] : []),
        ...(atBoot ? [] : ['does not start at boot']),
      ].join(', '),
    ],
    ['Broker', `${broker}, ${health ? seen(health.broker === 'connected', health.broker) : 'unknown'}`],
    ['Database', `${database}, ${health ? seen(health.database === 'ok', health.database) : 'unknown'}`],
    ['HTTP', health ? http : `${http}, ${seen(false, 'no answer')}`],
    ...(health
      ? [
          [
            'Messages',
            `${health.waiting} waiting, ${plural(health.deadLetters, 'dead letter')} in the last hour`,
          ],
        ]
      : []),
  ])
}
