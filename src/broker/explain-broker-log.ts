/** Why a broker cannot work, in its own words and in ours. */
export interface BrokerTrouble {
  code: string
  text: string
  remedy: string
  commands: readonly string[]
  /** The lines that say so. */
  lines: string[]
}

interface Known extends Omit<BrokerTrouble, 'lines'> {
  pattern: RegExp
}

const configuration = '/etc/edgekit/mosquitto/mosquitto.conf'
const data = '/var/lib/edgekit/mosquitto'

/** What mosquitto 2.0 and 2.1 and `ctr` say when a start fails (each seen); first match wins. */
const troubles: readonly Known[] = [
  {
    pattern: /Unable to open (pwfile|acl_file)|Error opening (password|acl) file/i,
    code: 'access-files',
    text: 'the password file or the access list that mosquitto.conf names is missing, or the user 1883 may not read it',
    remedy: 'Put the file there, and give it to the user the broker runs as.',
    commands: ['ls -ln /etc/edgekit/mosquitto', 'chown 1883:1883 /etc/edgekit/mosquitto/passwd'],
  },
  {
    pattern:
      /OpenSSL Error|Unable to load (server|CA) (certificate|key)|Problem with (cafile|certfile|keyfile)/i,
    code: 'tls-files',
    text: 'a certificate or key that mosquitto.conf names is missing, cannot be read, or does not fit',
    remedy: 'Put the files there, and let the user the broker runs as read them.',
    commands: [`grep -nE "cafile|certfile|keyfile" ${configuration}`, 'ls -ln /etc/edgekit/mosquitto'],
  },
  {
    pattern: /Unable to open config file/,
    code: 'configuration-missing',
    text: 'mosquitto.conf is not there',
    remedy: 'Run the edgekit of the bundle again: it writes the file.',
    commands: ['./edgekit install'],
  },
  {
    pattern: /Error found at .*mosquitto\.conf|Unknown configuration variable/,
    code: 'configuration',
    text: 'the broker does not understand mosquitto.conf',
    remedy: 'Correct the line that is named, or move the file away and run the edgekit of the bundle again.',
    commands: [`mv ${configuration} ${configuration}.old`, './edgekit install'],
  },
  {
    pattern: /Couldn't open database|Error restoring persistent database|Persistence file/i,
    code: 'database',
    text: 'the file in which the broker keeps messages is damaged, as a power cut or a full disk leaves it',
    remedy:
      'Move the file away. Retained and queued messages of before are lost with it; devices send what is new.',
    commands: [`mv ${data}/mosquitto.db ${data}/mosquitto.db.damaged`, 'systemctl restart mosquitto'],
  },
  {
    pattern: /Cannot assign requested address|Address not available/,
    code: 'address',
    text: 'mosquitto.conf has a listener on an address that this machine does not have',
    remedy: 'Correct the address, or wait for the network to be there.',
    commands: [`grep -n listener ${configuration}`, 'ip -brief address'],
  },
  {
    pattern: /Address already in use/,
    code: 'address-in-use',
    text: 'another program has the port of a listener',
    remedy: 'Find that program and stop it.',
    commands: ['ss -ltnp'],
  },
]

/** What the end of the broker's journal says of a start that failed; undefined when nothing known. */
export function brokerTrouble(lines: readonly string[]): BrokerTrouble | undefined {
  const known = troubles.find(({ pattern }) => lines.some(line => pattern.test(line)))
  if (!known) return undefined
  const { pattern, ...trouble } = known
  return {
    ...trouble,
    lines: lines.filter(line => pattern.test(line) || /^\d+: Error|: Error/.test(line)).slice(-4),
  }
}
