import { brokerConfigText } from '../../bundle/payload.ts'
import { readAsset } from '../../lib/assets.ts'
import { fill } from '../../lib/fill-template.ts'
import { type BrokerSettings, tlsPort, websocketsPort } from './broker-settings.ts'

/** mosquitto.conf for these settings; with the profile `local`, as bundles have it. `autosaveInterval` is in seconds. */
export function brokerConfigFor(settings: BrokerSettings, autosaveInterval?: number): string {
  if (settings.profile === 'local') return brokerConfigText(autosaveInterval)
  const { addresses, websockets } = settings
  const listeners = [
    ...addresses.flatMap(address => ['', ...listener(tlsPort, address)]),
    ...(websockets
      ? addresses.flatMap(address => ['', ...listener(websocketsPort, address), 'protocol websockets'])
      : []),
  ]
  const access = fill(readAsset('templates/mosquitto/devices.conf'), {
    LISTENERS: listeners.map(line => `${line}\n`).join(''),
  })
  return `${brokerConfigText(autosaveInterval, access)}\n# Files of yours: their options are the last word, and edgekit never changes them.\ninclude_dir /mosquitto/config/conf.d\n`
}

const listener = (port: number, address: string): string[] => [
  `listener ${port} ${address}`,
  'max_connections 512',
  'certfile /mosquitto/config/tls/server.crt',
  'keyfile /mosquitto/config/tls/server.key',
]
