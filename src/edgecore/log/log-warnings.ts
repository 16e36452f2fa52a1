import type { LogRecord } from './klog.ts'
import { knownLines } from './known/index.ts'
import { type Cause, causeOf, type KnownLine } from './known/known-line.ts'

/** Something that is wrong while EdgeCore runs. */
export interface LogWarning extends Cause {
  /** The last line that proves it. */
  line: string
  /** How often the log has it. */
  times: number
}

/** A pod that does not start. */
export interface FailingPod {
  /** NAMESPACE/NAME. */
  name: string
  /** The container that fails; undefined when the pod does not get that far. */
  container?: string
  /** First and last time in the log, milliseconds since 1970, if known. */
  since?: number
  until?: number
}

export interface PodWarning extends LogWarning {
  /** The pods concerned, as far as the lines name them. */
  pods: FailingPod[]
}

/**
 * The kubelet retries a pod every 10 to 15 s: what it has not logged for longer is over. While it pulls an image, waits for a
 * volume (2 minutes), or a container runs before it ends again, it logs nothing.
 */
const isOverAfterMs = 60_000
const overAfterMs: Readonly<Record<string, number>> = {
  sandbox: 20_000,
  'image-pull': 180_000,
  'mosquitto-daemonset-pull': 180_000,
  'mosquitto-daemonset-conflict': 180_000,
  'container-start': 180_000,
  'volume-mount': 180_000,
}

interface PodLine {
  code: string
  row: number
  record: LogRecord
  pod: { name: string; container?: string } | undefined
}

/** Pods that do not start at `end`, each cause once, with its last line. The general is left out where the reason is known. */
export function readPods(records: readonly LogRecord[], end: number): PodWarning[] {
  const lines = records.flatMap((record): PodLine[] => {
    if (record.severity !== 'E' && record.severity !== 'W') return []
    const row = knownLines.podErrors.findIndex(({ pattern }) => pattern.test(record.message))
    const code = knownLines.podErrors[row]?.code
    return code === undefined ? [] : [{ code, row, record, pod: podIn(record.message) }]
  })
  const found = [...Map.groupBy(lines, ({ code }) => code).values()]
    .flatMap(same => podWarning(same, end))
    .toSorted((one, other) => one.row - other.row)
    .map(({ warning }) => warning)
  const explained = found.flatMap(({ code, pods }) =>
    code === 'sandbox' ? [] : pods.map(({ name }) => name),
  )
  return found.filter(
    ({ code, pods }) =>
      code !== 'sandbox' || found.length === 1 || pods.some(({ name }) => !explained.includes(name)),
  )
}

/** Lines of one cause. */
function podWarning(lines: readonly PodLine[], end: number): { row: number; warning: PodWarning }[] {
  const isRecent = ({ code, record: { at = end } }: PodLine) =>
    end - at < (overAfterMs[code] ?? isOverAfterMs)
  const failing = [...Map.groupBy(lines, containerOf).values()].filter(of => of.some(isRecent))
  const all = failing.flat()
  // Of two rows with one code, the first has more detail.
  const row = Math.min(...all.map(line => line.row))
  const last = all.findLast(line => line.row === row)
  const cause = last && causeOf(knownLines.podErrors.slice(row, row + 1), last.record.message)
  if (!cause) return []
  const pods = failing.flatMap(failingPod)
  return [{ row, warning: { ...cause, line: last.record.line, times: lines.length, pods } }]
}

const containerOf = ({ pod }: PodLine): string => (pod ? `${pod.name} ${pod.container ?? ''}` : '')

/** The pod of these lines, if they name it. */
function failingPod(lines: readonly PodLine[]): FailingPod[] {
  const [first] = lines
  if (!first?.pod) return []
  const [since, until] = [first.record.at, lines.at(-1)?.record.at]
  return [{ ...first.pod, ...(since !== undefined && { since }), ...(until !== undefined && { until }) }]
}

/** `pod="NAMESPACE/NAME"` since v1.12, and `NAME_NAMESPACE(UID)` in every version. */
function podIn(message: string): PodLine['pod'] {
  const [, structured] = / pod="([^"/]{1,63}\/[^"]{1,253})"/.exec(message) ?? []
  const [, pod, namespace] =
    /([a-z0-9][a-z0-9.-]{0,252})_([a-z0-9-]{1,63})\([0-9a-f-]{32,36}\)/.exec(message) ?? []
  const name = structured ?? (pod === undefined ? undefined : `${namespace}/${pod}`)
  if (name === undefined) return undefined
  const [, container] = /StartContainer\\*" for \\*"([\w.-]{1,63})\\*" with /.exec(message) ?? []
  return { name, ...(container !== undefined && { container }) }
}

const maxPods = 3

/** What is wrong, with the pods: `… (pod A)`, or `… (pods A, B, C and 2 more)`. */
export function textWithPods({ text, pods }: Pick<PodWarning, 'text' | 'pods'>): string {
  if (pods.length === 0) return text
  const names = [...new Set(pods.map(({ name }) => name))]
  const more = names.length > maxPods ? ` and ${names.length - maxPods} more` : ''
  return `${text} (${names.length === 1 ? 'pod' : 'pods'} ${names.slice(0, maxPods).join(', ')}${more})`
}

/** EdgeCore opens its tunnel again every 2 s. */
const tunnelIsOverAfterMs = 30_000

/** Messages that are stuck or lost, images that were removed: each kind once, with its last line. */
export function readWarnings(records: readonly LogRecord[], end: number): LogWarning[] {
  // The topic that EventBus subscribes to for the cloud is logged in the words of a failure, as I.
  const failed = records.filter(
    ({ severity, message, at = end }) =>
      severity !== 'S' &&
      !(severity === 'I' && /subscribe/.test(message)) &&
      !(message.startsWith('TLSClientConnect error') && end - at > tunnelIsOverAfterMs),
  )
  return collect(failed, knownLines.warnings)
}

function collect(records: readonly LogRecord[], rows: readonly KnownLine[]): LogWarning[] {
  const found = new Map<string, { row: number; warning: LogWarning }>()
  for (const { message, line } of records) {
    const row = rows.findIndex(({ pattern }) => pattern.test(message))
    const cause = causeOf(rows.slice(row, row + 1), message)
    if (row === -1 || !cause) continue
    const before = found.get(cause.code)
    const times = (before?.warning.times ?? 0) + 1
    // Of two rows with one code, the first has more detail.
    if (before && before.row < row) before.warning.times = times
    else found.set(cause.code, { row, warning: { ...cause, line, times } })
  }
  return [...found.values()].toSorted((one, other) => one.row - other.row).map(({ warning }) => warning)
}
