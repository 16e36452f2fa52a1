import { paths } from '../../node/paths.ts'
import { editConfig, type KnownProblem } from './known-problem.ts'

const directory = paths.brokerDirectory

/** Files that mosquitto.conf names (security_default.c, acl_file.c, password_file.c, net.c, logging.c and mosquitto.c). */
export const fileProblems: readonly KnownProblem[] = [
  {
    code: 'not-a-file',
    pattern: /^Error: (.+) is not a file\.$/,
    text: 'mosquitto.conf names $1, which is not a file',
    remedy: 'Correct the line, or put the file there.',
    commands: [`ls -ln ${directory}`, editConfig],
  },
  {
    code: 'access-list',
    pattern:
      /^(?:acl-file: )?Error: (?:Invalid line in acl_file|Invalid topic access type|Empty topic in acl_file|Missing username in acl_file|Invalid ACL topic)/,
    text: 'the ACL file that mosquitto.conf names has an error',
    remedy: 'Correct the line in the ACL file that the log names.',
    commands: [`grep -n acl_file ${paths.brokerConfig}`],
  },
  {
    code: 'access-files',
    pattern:
      /^(?:password-file: |acl-file: )?(?:Error: Unable to open (?:pwfile|acl_file)|Error opening (?:password|acl|psk) file)/,
    text: 'the password file or ACL file that mosquitto.conf names is missing, or user 1883 cannot read it',
    remedy: 'Restore the file, and make it readable for user 1883, which the broker runs as.',
    commands: [`chown 1883:1883 ${directory}/passwd`, `ls -ln ${directory}`],
  },
  {
    code: 'tls-settings',
    pattern: /^Error: (?:Unable to set TLS (?:1\.3 )?cipher|Unsupported tls_version)/,
    text: 'mosquitto.conf has a TLS version or cipher that this broker does not support',
    remedy: 'Correct or remove the line.',
    commands: [`grep -nE "tls_version|ciphers" ${paths.brokerConfig}`, editConfig],
  },
  {
    code: 'tls-pair',
    pattern:
      /^(?:Error: Server certificate\/key are inconsistent|OpenSSL Error\[\d+\]: .*:key values mismatch)/,
    text: 'the key that mosquitto.conf names does not belong to its certificate',
    remedy: 'Install the key with which the certificate was requested.',
    commands: [`grep -nE "certfile|keyfile" ${paths.brokerConfig}`, editConfig],
  },
  {
    code: 'tls-files',
    pattern:
      /^(?:OpenSSL Error|Error: Unable to load (?:server|CA) (?:certificate|key)|Error: Unable to load certificate revocation|Error: Problem with (?:cafile|certfile|keyfile)|Error: (?:Both certfile and keyfile|cafile specified|capath specified)|Error loading dhparamfile|Error: Unable to create TLS context)/,
    text: 'a certificate or key that mosquitto.conf names is missing, unreadable, or does not match',
    remedy: 'Restore the files, and make them readable for user 1883, which the broker runs as.',
    commands: [`grep -nE "cafile|certfile|keyfile" ${paths.brokerConfig}`, `ls -ln ${directory}`],
  },
  {
    code: 'pid-file',
    pattern: /^Error: Unable to write pid file/,
    text: 'mosquitto.conf has pid_file, but the broker container is read-only',
    remedy: 'Remove the line: systemd does not need it.',
    commands: [`sed -i "/^ *pid_file/d" ${paths.brokerConfig}`],
  },
  {
    code: 'user',
    pattern: /^(?:Error: Unable to drop privileges|Error setting (?:gid|uid|groups) whilst dropping)/,
    text: 'mosquitto.conf names a user that does not exist in the broker image',
    remedy: 'Remove the line: the broker then runs as user 1883.',
    commands: [`sed -i "/^ *user /d" ${paths.brokerConfig}`],
  },
  {
    code: 'log-file',
    // It then logs errors only, to the journal.
    brokerRuns: true,
    pattern: /^Error: Unable to open log file (.+) for writing/,
    text: 'the broker cannot write its log file $1: the broker container is read-only',
    remedy: 'Remove the line log_dest file: the journal has the log.',
    commands: [`sed -i "/^ *log_dest *file/d" ${paths.brokerConfig}`],
  },
]
