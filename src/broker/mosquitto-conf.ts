/** One listener of mosquitto.conf (mosquitto.conf(5)), as far as it says who gets in. */
interface BrokerListener {
  port: number
  /** Empty: all of this machine. */
  address: string
  /** Anybody may come in without saying who he is. */
  anonymous: boolean
  tls: boolean
}

/** What a mosquitto.conf of mosquitto 2 means. Plain data. */
export interface BrokerConfig {
  listeners: BrokerListener[]
  /** Messages and sessions outlive a restart. */
  persistence: boolean
  persistenceLocation: string
  /** The files it names with passwords, access lists, certificates and keys; as the broker's container sees them. */
  files: { option: string; path: string }[]
}

const fileOptions = ['password_file', 'acl_file', 'cafile', 'certfile', 'keyfile', 'psk_file']

/** Read it as the broker does; what is wrong in it, the broker's log says. */
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
      // Since 2.0 nobody gets in without a word, unless it says so.
      anonymous: anonymous === 'true',
      tls: last('certfile', section) !== undefined,
    }
  })
  return {
    // Without any listener it is for this machine only, and for anybody on it.
    listeners:
      listeners.length > 0 ? listeners : [{ port: 1883, address: 'localhost', anonymous: true, tls: false }],
    persistence: last('persistence') === 'true',
    persistenceLocation: last('persistence_location') ?? '',
    files: lines
      .filter(({ option }) => fileOptions.includes(option))
      .map(({ option, value }) => ({ option, path: value })),
  }
}

interface Line {
  option: string
  value: string
}

/** From each `listener` to the next. */
function sections(lines: readonly Line[]): Line[][] {
  const starts = lines.flatMap(({ option }, index) => (option === 'listener' ? [index] : []))
  return starts.map((start, index) => lines.slice(start, starts[index + 1]))
}
