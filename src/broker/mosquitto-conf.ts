/** A listener of mosquitto.conf (mosquitto.conf(5)), as far as access control is concerned. */
interface BrokerListener {
  port: number
  /** Empty: all addresses of this machine. */
  address: string
  /** It accepts clients without authentication. */
  anonymous: boolean
  tls: boolean
  websockets?: true
  /** Undefined: no limit. */
  maxConnections: number | undefined
}

/** A mosquitto.conf as mosquitto 2 reads it. Plain data. */
export interface BrokerConfig {
  listeners: BrokerListener[]
  /** Security options belong to the listener above them (`per_listener_settings`). */
  perListener: boolean
  /** In bytes; undefined: no limit. */
  memoryLimit: number | undefined
  /** Messages and sessions survive a restart. */
  persistence: boolean
  /** Its directory and file, with their paths in the broker's container. */
  persistenceLocation: string
  persistenceFile: string
  /** Files with passwords, ACLs, certificates and keys, with their paths in the broker's container. */
  files: { option: string; path: string }[]
}

const fileOptions = ['password_file', 'acl_file', 'cafile', 'certfile', 'keyfile', 'psk_file']

/** Parse mosquitto.conf as the broker does. Errors in it are ignored here: the broker logs them. */
export function readMosquittoConf(text: string): BrokerConfig {
  const lines = text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(line => /^(\S+)\s*(.*)$/.exec(line) ?? [])
    .map(([, option = '', value = '']) => ({ option, value }))
  const last = (option: string, from = lines) => from.findLast(line => line.option === option)?.value
  const perListener = last('per_listener_settings') === 'true'
  const listeners = sections(lines).map(section => {
    const [port = '', address = ''] = section[0]?.value.split(/\s+/) ?? []
    const anonymous = last('allow_anonymous', perListener ? section : lines)
    return {
      port: Number(port),
      address,
      // The default since 2.0.
      anonymous: anonymous === 'true',
      tls: last('certfile', section) !== undefined,
      ...(last('protocol', section) === 'websockets' && { websockets: true as const }),
      maxConnections: positive(last('max_connections', section)),
    }
  })
  return {
    // Without a listener mosquitto accepts local clients only, without authentication.
    listeners:
      listeners.length > 0
        ? listeners
        : [
            {
              port: 1883,
              address: 'localhost',
              anonymous: true,
              tls: false,
              maxConnections: undefined,
            },
          ],
    perListener,
    memoryLimit: positive(last('memory_limit')),
    persistence: last('persistence') === 'true',
    // Without a location, the working directory of the container.
    persistenceLocation: (last('persistence_location') || '/').replace(/(?<=.)\/+$/, ''),
    persistenceFile: last('persistence_file') ?? 'mosquitto.db',
    files: lines
      .filter(({ option }) => fileOptions.includes(option))
      .map(({ option, value }) => ({ option, path: value })),
  }
}

/** 0 and -1 mean no limit. */
const positive = (text = ''): number | undefined => (Number(text) > 0 ? Number(text) : undefined)

interface Line {
  option: string
  value: string
}

/** The lines from each `listener` to the next. */
function sections(lines: readonly Line[]): Line[][] {
  const starts = lines.flatMap(({ option }, index) => (option === 'listener' ? [index] : []))
  return starts.map((start, index) => lines.slice(start, starts[index + 1]))
}
