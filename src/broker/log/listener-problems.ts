import { paths } from '../../node/paths.ts'
import { editConfig, type KnownProblem } from './known-problem.ts'
import { inAnyLibc } from './system-errors.ts'

const showListeners = 'grep -rnE "^ *(listener|bind_interface|port)" /etc/edgekit/mosquitto'

/** Listeners that cannot be opened (src/net.c, listeners.c and websockets.c). */
export const listenerProblems: readonly KnownProblem[] = [
  {
    code: 'address',
    pattern: new RegExp(`^Error: ${inAnyLibc('EADDRNOTAVAIL')}`),
    text: 'mosquitto.conf has a listener on an address that this machine does not have',
    remedy: 'Correct the address, or wait until the network is up.',
    commands: [showListeners, 'ip -brief address'],
  },
  {
    code: 'address-in-use',
    pattern: new RegExp(`^Error: ${inAnyLibc('EADDRINUSE')}`),
    text: 'another program, or a second line in mosquitto.conf, uses the port of a listener',
    remedy: 'Find that program and stop it, or remove the second listener.',
    commands: ['ss -ltnp', showListeners],
  },
  {
    code: 'privileged-port',
    pattern: new RegExp(`^(?:If you are trying to bind to a privileged port|Error: ${inAnyLibc('EACCES')})`),
    text: 'mosquitto.conf has a listener on a port below 1024, which the broker container may not open',
    remedy: 'Use a port of 1024 or above.',
    commands: [showListeners, editConfig],
  },
  {
    code: 'address-family',
    pattern: new RegExp(`^(?:Warning|Error): ${inAnyLibc('EAFNOSUPPORT')}`),
    text: 'mosquitto.conf has an IPv6 listener, and IPv6 is disabled on this machine',
    remedy: 'Remove the listener, or enable IPv6.',
    commands: [showListeners, 'cat /proc/cmdline'],
  },
  {
    code: 'listener-name',
    pattern: /^Error creating listener: /,
    text: 'mosquitto.conf has a listener on a host name that this machine cannot resolve',
    remedy: 'Use an IP address.',
    commands: [showListeners, editConfig],
  },
  {
    code: 'interface',
    pattern:
      /^(?:Error: Interface \S+ does not exist|Error: Interface address for \S+ does not match|Warning: Interface \S+ does not support)/,
    text: 'bind_interface in mosquitto.conf names a network interface that does not exist or has no such address',
    remedy: 'Correct the name, or wait until the interface is up.',
    commands: [showListeners, 'ip -brief address'],
  },
  {
    code: 'unix-socket',
    pattern: /^Error (?:creating|binding|listening to) unix socket|^Error: Path to unix socket is too long/,
    text: 'the broker cannot create the Unix socket of a listener: only /mosquitto/data is writable in its container',
    remedy: 'Put the socket into /mosquitto/data, which is /var/lib/edgekit/mosquitto on the node.',
    commands: [showListeners, editConfig],
  },
  {
    code: 'http-directory',
    pattern: /^Error: Unable to open http dir "(.+)"/,
    text: 'http_dir in mosquitto.conf names $1, which does not exist in the broker container',
    remedy:
      'Remove the line, or put the directory into /etc/edgekit/mosquitto, which is /mosquitto/config there.',
    commands: ['grep -rn http_dir /etc/edgekit/mosquitto', editConfig],
  },
  {
    code: 'http-api',
    pattern: /^Unable to start http api listener/,
    text: 'the broker cannot open its HTTP listener: the port is in use, or its address is not on this machine',
    remedy: 'Find what uses the port, then check the address of the listener.',
    commands: ['ss -ltnp', showListeners],
  },
  {
    code: 'websockets',
    pattern: /^Error: Unable to create websockets listener on port (\d+)/,
    text: 'the broker cannot open its WebSocket listener on port $1: the port is in use, its address is not on this machine, or its certificate cannot be read',
    remedy: 'Find what uses the port, then check the address and the certificate of the listener.',
    commands: ['ss -ltnp', 'ip -brief address', showListeners],
  },
  {
    code: 'no-listener',
    pattern: /^Error: Unable to start any listening sockets/,
    text: 'mosquitto.conf has no listener that this broker supports',
    remedy: 'Restore the line "listener 1883 127.0.0.1".',
    commands: [showListeners, `./edgekit install --force=${paths.brokerConfig}`],
  },
]
