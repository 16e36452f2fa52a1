import type { ProblemRows } from './problem-rows.ts'

const config = '/etc/edgekit/mosquitto/mosquitto.conf'
const inside = '/mosquitto/config'

export const mosquittoRows: ProblemRows = {
  // Lines of mosquitto 2.0.18 to 2.1.2; those of 2.1 have quotes (src/conf.c).
  'configuration-missing': {
    text: 'mosquitto.conf is missing or not readable for root',
    lines: [
      `Error: Unable to open config file ${inside}/mosquitto.conf.`,
      `Error: Unable to open config file '${inside}/mosquitto.conf'.`,
      `Error: Config file ${inside}/mosquitto.conf is a directory.`,
      `Error: Config file '${inside}/mosquitto.conf' is a directory.`,
    ],
  },
  'include-directory': {
    text: 'include_dir in mosquitto.conf names /etc/edgekit/mosquitto/conf.d, which does not exist',
    lines: [`Error: Unable to open include_dir '${inside}/conf.d'.`],
  },
  configuration: {
    text: `${config} has an error in line 32`,
    lines: [`Error found at ${inside}/mosquitto.conf:32.`, `Error found at '${inside}/mosquitto.conf:32'.`],
  },
  bridge: {
    text: 'a bridge (connection) in mosquitto.conf is not complete, or contradicts itself',
    lines: [
      'Error: Invalid bridge configuration: no remote addresses defined.',
      "Error: 'one': Cannot use both certificate and psk encryption in a single bridge.",
    ],
  },
  plugin: {
    text: 'mosquitto.conf names a plugin that the broker cannot load',
    lines: [
      'Error: Unable to load auth plugin "/usr/lib/nope.so".',
      'Error: Unable to load plugin "/usr/lib/nope.so".',
      'Error: Unable to load auth plugin function mosquitto_auth_plugin_init().',
      'Error: Unable to load plugin function mosquitto_plugin_init().',
      'Error: Unable to load auth plugin function mosquitto_auth_plugin_version() or mosquitto_plugin_version().',
      'Error: Authentication plugin returned 1 when initialising.',
      'Error: Plugin returned 1 when initialising.',
      'Error: Unsupported auth plugin version (got 1, expected 5).',
    ],
  },
  'not-a-file': {
    text: 'mosquitto.conf names /etc/edgekit/mosquitto/pw, which is not a file',
    lines: [`Error: ${inside}/pw is not a file.`],
  },
  'access-list': {
    text: 'the ACL file that mosquitto.conf names has an error',
    lines: [
      `Error: Invalid line in acl_file "${inside}/acl": nonsense.`,
      `Error: Invalid topic access type "x" in acl_file "${inside}/acl".`,
      `Error: Empty topic in acl_file "${inside}/acl".`,
      `Error: Missing username in acl_file "${inside}/acl".`,
      `Error: Invalid ACL topic "a/#/b" in acl_file "${inside}/acl".`,
    ],
  },
  'access-files': {
    text: 'the password file or ACL file that mosquitto.conf names is missing, or user 1883 cannot read it',
    lines: [
      `Error: Unable to open pwfile "${inside}/passwd".`,
      `password-file: Error: Unable to open pwfile "${inside}/passwd".`,
      `Error: Unable to open acl_file "${inside}/acl".`,
      `Error opening password file "${inside}/passwd".`,
      `Error opening acl file "${inside}/acl".`,
      `Error opening psk file "${inside}/psk".`,
    ],
  },
  'tls-settings': {
    text: 'mosquitto.conf has a TLS version or cipher that this broker does not support',
    lines: [
      'Error: Unable to set TLS ciphers. Check cipher list "NONSENSE".',
      'Error: Unable to set TLS 1.3 ciphersuites. Check cipher_tls13 list "NONSENSE".',
      'Error: Unsupported tls_version "tlsv9".',
    ],
  },
  'tls-pair': {
    text: 'the key that mosquitto.conf names does not belong to its certificate',
    lines: [
      'Error: Server certificate/key are inconsistent.',
      'OpenSSL Error[0]: error:05800074:x509 certificate routines::key values mismatch',
    ],
  },
  'tls-files': {
    text: 'a certificate or key that mosquitto.conf names is missing, unreadable, or does not match',
    lines: [
      'OpenSSL Error[1]: error:10080002:BIO routines::system lib',
      `Error: Unable to load CA certificates. Check cafile "${inside}/ca.crt".`,
      `Error: Unable to load server certificate "${inside}/a.crt". Check certfile.`,
      `Error: Unable to load server key file "${inside}/a.key". Check keyfile.`,
      `Error: Unable to load certificate revocation file "${inside}/crl". Check crlfile.`,
      'Error: Both certfile and keyfile must be provided to enable a TLS listener.',
      'Error: cafile specified without certfile and keyfile.',
      `Error loading dhparamfile "${inside}/dh".`,
      'Error: Unable to create TLS context.',
      'Error: Problem with cafile',
    ],
  },
  'pid-file': {
    text: 'mosquitto.conf has pid_file, but the broker container is read-only',
    lines: ['Error: Unable to write pid file.'],
  },
  user: {
    text: 'mosquitto.conf names a user that does not exist in the broker image',
    lines: [
      "Error: Unable to drop privileges to 'nobody2' because this user does not exist.",
      'Error setting gid whilst dropping privileges: Operation not permitted.',
    ],
  },
  'log-file': {
    text: 'the broker cannot write its log file /mosquitto/log/mosquitto.log: the broker container is read-only',
    lines: ['Error: Unable to open log file /mosquitto/log/mosquitto.log for writing.'],
  },
  'database-version': {
    text: "the broker's database was written by another version of mosquitto",
    lines: [
      'Error: Unsupported persistent database format version 9 (need version 6).',
      'Error: Incompatible database configuration (dbid size is 4 bytes, expected 8)',
    ],
  },
  'database-memory': {
    text: "the broker's database needs more memory than memory_limit in mosquitto.conf allows; the next start sets it aside",
    // The last is that of a system error with glibc; with musl it has the words of the first.
    lines: ['Error: Out of memory.', 'Out of memory.', 'Error: Cannot allocate memory.'],
  },
  database: {
    text: "the broker's database is damaged; the next start sets it aside",
    lines: [
      "Error: Couldn't open database.",
      'Error: Unable to restore persistent database. Unrecognised file format.',
    ],
  },
  'open-files': {
    text: 'the broker may not open more files and connections',
    lines: [
      'Error in epoll creating: Too many open files',
      'Error in epoll creating: No file descriptors available',
      'Error: Too many open files in system',
    ],
  },
  // From here on, the first line of a system error is that of glibc, the second that of musl.
  address: {
    text: 'mosquitto.conf has a listener on an address that this machine does not have',
    lines: ['Error: Cannot assign requested address', 'Error: Address not available'],
  },
  'address-in-use': {
    text: 'another program, or a second line in mosquitto.conf, uses the port of a listener',
    lines: ['Error: Address already in use', 'Error: Address in use'],
  },
  'privileged-port': {
    text: 'mosquitto.conf has a listener on a port below 1024, which the broker container may not open',
    lines: [
      'If you are trying to bind to a privileged port (<1024), try using setcap and do not start the broker as root:',
      'Error: Permission denied',
    ],
  },
  'address-family': {
    text: 'mosquitto.conf has an IPv6 listener, and IPv6 is disabled on this machine',
    lines: ['Warning: Address family not supported by protocol'],
  },
  'listener-name': {
    text: 'mosquitto.conf has a listener on a host name that this machine cannot resolve',
    lines: [
      'Error creating listener: Name or service not known.',
      'Error creating listener: Name does not resolve.',
    ],
  },
  interface: {
    text: 'bind_interface in mosquitto.conf names a network interface that does not exist or has no such address',
    lines: [
      'Error: Interface nope0 does not exist.',
      'Error: Interface address for eth0 does not match specified listener address (127.0.0.1).',
      'Warning: Interface eth0 does not support IPv6 configuration.',
    ],
  },
  'unix-socket': {
    text: 'the broker cannot create the Unix socket of a listener: only /mosquitto/data is writable in its container',
    lines: [
      'Error binding unix socket: Read-only file system',
      'Error creating unix socket: Permission denied',
      'Error: Path to unix socket is too long "/mosquitto/data/x".',
    ],
  },
  'http-directory': {
    text: 'http_dir in mosquitto.conf names /nope, which does not exist in the broker container',
    lines: ['Error: Unable to open http dir "/nope".'],
  },
  'http-api': {
    text: 'the broker cannot open its HTTP listener: the port is in use, or its address is not on this machine',
    lines: [
      'Unable to start http api listener, could not find address.',
      'Unable to start http api listener.',
    ],
  },
  websockets: {
    text: 'the broker cannot open its WebSocket listener on port 9001: the port is in use, its address is not on this machine, or its certificate cannot be read',
    lines: ['Error: Unable to create websockets listener on port 9001.'],
  },
  'no-listener': {
    text: 'mosquitto.conf has no listener that this broker supports',
    lines: ['Error: Unable to start any listening sockets, exiting.'],
  },
}
