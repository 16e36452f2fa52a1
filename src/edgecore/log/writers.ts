import type { LogLine } from './log-line.ts'

const edgecore = /edgecore|kubeedge/i

/** systemd about the unit, journald about lines of it that were dropped, the kernel about the process that it killed. */
const isAboutUnit = ({ writer = '', text }: LogLine): boolean =>
  (/^\(?systemd/.test(writer) && edgecore.test(text)) ||
  (writer === 'kernel' && /Killed process \d{1,10} \(edgecore\)/.test(text))

/**
 * The lines of EdgeCore, and those of systemd and journald about it, out of a log that several programs wrote (`journalctl`
 * without `-u`, /var/log/syslog). Where no writer is named after EdgeCore, it is the one with the most klog records.
 */
export function ofEdgecore(lines: readonly LogLine[]): LogLine[] {
  const own = ownWriters(lines)
  return lines.filter(({ writer, text }) => {
    if (writer === undefined) return true
    return own.has(writer) || isAboutUnit({ writer, text })
  })
}

function ownWriters(lines: readonly LogLine[]): Set<string> {
  const records = new Map<string, number>()
  for (const { writer, text } of lines) {
    if (writer === undefined) continue
    records.set(writer, (records.get(writer) ?? 0) + (/^[IWEF]\d{4} \d\d:/.test(text) ? 1 : 0))
  }
  const named = [...records.keys()].filter(writer => edgecore.test(writer))
  if (named.length > 0 || lines.some(isAboutUnit)) return new Set(named)
  const [most] = [...records].toSorted(([, one], [, other]) => other - one)
  return new Set(most ? [most[0]] : [])
}
