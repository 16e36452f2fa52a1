import { brokerConfigText } from '../../bundle/payload.ts'
import { readAsset } from '../../lib/assets.ts'
import { fill } from '../../lib/fill-template.ts'
import { withLimits } from './broker-limits.ts'
import type { BrokerSettings } from './broker-settings.ts'
import { listenersOf } from './listeners.ts'

/**
 * mosquitto.conf for these settings; with the profile `local` and no limits that are set, as bundles have it.
 * `autosaveInterval` is in seconds.
 */
export function brokerConfigFor(settings: BrokerSettings, autosaveInterval?: number): string {
  if (settings.profile === 'local') return withLimits(brokerConfigText(autosaveInterval), settings)
  const authenticated = settings.clientCertificates
    ? ['cafile /mosquitto/config/tls/device-ca.crt', 'require_certificate true']
    : []
  const listeners = listenersOf(settings).map(
    ({ port, address, tls, websockets }) =>
      `${[
        `listener ${port} ${address}`,
        'max_connections 512',
        ...(tls
          ? [
              'certfile /mosquitto/config/tls/server.crt',
              'keyfile /mosquitto/config/tls/server.key',
              ...authenticated,
            ]
          : []),
        ...(websockets ? ['protocol websockets'] : []),
      ].join('\n')}\n`,
  )
  const access = fill(readAsset('templates/mosquitto/devices.conf'), { LISTENERS: listeners.join('\n') })
  const text = withLimits(brokerConfigText(autosaveInterval, access), settings)
  return `${text}\n# Files of yours: their options are the last word, and edgekit never changes them.\ninclude_dir /mosquitto/config/conf.d\n`
}
