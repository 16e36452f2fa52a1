import type { LogRecord } from './klog.ts'
import { knownLines } from './known/index.ts'
import { type Cause, causeOf, type KnownLine } from './known/known-line.ts'

/** Why EdgeCore ended, with the line that proves it. */
export interface Exit extends Cause {
  line: string
  /** When, milliseconds since 1970. */
  at?: number
}

/**
 * Lines below F after which EdgeCore calls `os.Exit(1)`, by the file that logs them where the words alone are too common.
 * Read in the source of v1.8, v1.10 and v1.12 to v1.23.1, and in the kubelet each embeds.
 */
const endAfter: readonly (readonly [file: RegExp, message: RegExp])[] = [
  // edge/cmd/edgecore/app/server.go
  [
    /^server\.go$/,
    /^Failed to get (?:Local IP address|IP address by custom interface)|^invalid node IP address specified/,
  ],
  // edge/pkg/edged, E until v1.20; edge/pkg/eventbus
  [
    /^edge(?:d|stream)\.go$/,
    /^(?:Start edged failed|init new edged error|initialize module error|create pod dir )/,
  ],
  [/^volume_host\.go$/, /^Could not initialize volume plugins/],
  [/^eventbus\.go$/, /^Launch intern[ae]l mqtt broker failed/],
  // pkg/kubelet
  [
    /^kubelet\.go$/,
    /^"?(?:Failed to start cAdvisor|Kubelet failed to get node info|Failed to start ContainerManager|Failed to initialize internal modules)/,
  ],
  [
    /^server\.go$/,
    /^"(?:Failed to listen and serve|Failed to create listener for podResources|Failed to serve"|Failed to create a new kubelet configuration)/,
  ],
  [
    /^(?:docker_service|client|docker_server)\.go$/,
    /^"(?:Streaming server stopped unexpectedly|Couldn't connect to docker|Failed to serve connections)/,
  ],
  // Go's own log package, which klog logs as I (v1.23, edge/pkg/metamanager/dao/init.go)
  [/^log\.go$/, /^Failed to connect to DB/],
]

const exitLines: readonly KnownLine[] = [
  ...knownLines.configurationExits,
  ...knownLines.databaseExits,
  // The reason of `Start edged failed` stands at its end, those of the certificates in the middle of a panic.
  ...knownLines.kubeletExits,
  ...knownLines.certificateErrors,
]
/** Only lines about certificates are explained by the network error in them. */
const aboutCertificates = knownLines.certificateErrors.at(-1)?.pattern ?? /$^/
const otherExits = exitLines.filter(row => !knownLines.certificateErrors.includes(row))
const certificateSigns =
  /edge certs|CA certificate|edge certificate|credentials are in the wrong format|certificate file|cloudcore server/

/** Logged before EdgeCore asks for a new certificate, which then fails: the better explanation. */
const nameMismatch = /certificate CN (?<name>\S{1,300}) does not match node name (?<node>\S{1,300})/

/** How EdgeCore ended by itself, if these records of one start show it. The end by a signal is none. */
export function findExit(records: readonly LogRecord[]): Exit | undefined {
  const lastAt = records.findLast(({ at, severity }) => severity !== 'S' && at !== undefined)?.at
  const index = records.findIndex(
    record => /[FP]/.test(record.severity) || (isFollowedByExit(record) && isLast(record, lastAt)),
  )
  const record = records[index]
  return record ? explain(record, records) : endSeenBySystemd(records)
}

const isFollowedByExit = ({ file, message }: LogRecord): boolean =>
  endAfter.some(([fileName, words]) => fileName.test(file) && words.test(message))

/** Other parts may log a moment longer. */
const isLast = ({ at = 0 }: LogRecord, lastAt = at): boolean => lastAt - at < 1000

function explain(record: LogRecord, records: readonly LogRecord[]): Exit {
  const whole = [record.message, ...record.more].join('\n')
  const { line, at } = { line: linesFor(record), at: record.at }
  const known = causeOfExit(record, whole)
  const mismatch =
    known &&
    isCertificateCode(known.code) &&
    !/^token-/.test(known.code) &&
    records.find(({ message }) => nameMismatch.test(message))
  if (mismatch)
    return { ...certificateName(mismatch.message), line: mismatch.line, ...(at !== undefined && { at }) }
  return { ...(known ?? unknownEnd(record)), line, ...(at !== undefined && { at }) }
}

function causeOfExit(record: LogRecord, whole: string): Cause | undefined {
  // A stack names functions of every part: only the words before it are about the failure.
  const words = withoutStack(whole)
  // A terminal may have wrapped the line.
  if (certificateSigns.test(words) || aboutCertificates.test(words))
    return certificateCause(words.replaceAll('\n', ''))
  return (
    causeOf(otherExits, words) ?? (record.severity === 'P' ? causeOf(knownLines.crashes, whole) : undefined)
  )
}

function certificateCause(words: string): Cause | undefined {
  const cause = causeOf(knownLines.certificateErrors, words)
  return cause && withEndpoint(cause, words)
}

/** Whether an exit is about getting the certificates from CloudCore. */
export const isCertificateCode = (code: string): boolean =>
  code === 'certificate-name' || knownLines.certificateErrors.some(row => row.code === code)

function certificateName(message: string): Cause {
  const { name = '', node = '' } = nameMismatch.exec(message)?.groups ?? {}
  return {
    code: 'certificate-name',
    text: `the certificate of this node is for another node name (${name.replace('system:node:', '')}, not ${node})`,
    remedy:
      'Set modules.edged.hostnameOverride to the name in the certificate, or move the certificate aside and join again.',
    commands: ['openssl x509 -noout -subject -in /etc/kubeedge/certs/server.crt'],
  }
}

function unknownEnd(record: LogRecord): Cause {
  const crash = record.severity === 'P'
  return {
    code: crash ? 'crash' : 'fatal',
    text: withoutStack(record.message),
    remedy: 'Read the lines around it.',
    commands: ['journalctl -u edgecore -n 100 --no-pager'],
  }
}

/** systemd's reason counts when EdgeCore logged nothing that is known to end it. */
function endSeenBySystemd(records: readonly LogRecord[]): Exit | undefined {
  const said = records.filter(({ severity }) => severity === 'S')
  if (
    said.some(({ message }) =>
      /^Stopping |code=killed, status=15\/TERM|Deactivated successfully/.test(message),
    )
  )
    return undefined
  const cause = causeOf(knownLines.systemdExits, said.map(({ message }) => message).join('\n'))
  if (!cause) return undefined
  const proof =
    cause.code === 'exited' || cause.code === 'restarting'
      ? records.findLast(({ severity }) => severity === 'E')
      : undefined
  const row = knownLines.systemdExits.find(
    ({ code, pattern }) => code === cause.code && said.some(({ message }) => pattern.test(message)),
  )
  const end = said.find(({ message }) => row?.pattern.test(message)) ?? said.at(-1)
  return { ...cause, line: proof?.line ?? end?.line ?? '', ...(end?.at !== undefined && { at: end.at }) }
}

/** Names the address in the line in place of CloudCore. */
export function withEndpoint(cause: Cause, line: string): Cause {
  const [, url, dialed] =
    /"?https?:\/\/([^\s"/]{1,255})|dial (?:tcp|udp)[46]? (\S{1,255}:\d{1,5})/.exec(line) ?? []
  const fill = (text: string): string => text.replaceAll('{endpoint}', url ?? dialed ?? 'CloudCore')
  return { ...cause, text: fill(cause.text), remedy: fill(cause.remedy) }
}

/** The lines of a record that are for people: all of a list of mistakes, none of a stack. */
const linesFor = ({ line, more, severity }: LogRecord): string =>
  severity === 'E' ? line : withoutStack([line, ...more].join('\n'))

function withoutStack(message: string): string {
  const stack = message.search(/\n(?:\[signal |goroutine |\s*panic: )/)
  return (stack === -1 ? message : message.slice(0, stack)).trimEnd()
}
