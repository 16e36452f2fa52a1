import { type Exit, findExit, isCertificateCode } from './exits.ts'
import type { LogRecord } from './klog.ts'
import { isStop, type Start } from './starts.ts'

/** A start that lives longer than this and then ends is an accident; one that ends sooner will do so again. */
const shortLifeMs = 600_000
const graceMs = 10_000

/** How far a start has come, by the lines that prove it. */
const milestones: readonly (readonly [stage: number, message: RegExp])[] = [
  [1, /^starting module /i],
  [2, /^Certificate rotation is enabled|^(?:Websocket|Quic) (?:start to connect|connect to cloud)/i],
  [3, /^"?(?:Successfully registered node|Node was previously registered)/],
]
const certificateStage = 2
const stageOf: Record<string, number> = {
  'config-syntax': 1,
  'config-type': 1,
  'config-missing': 1,
  'config-invalid': 1,
  'config-unreadable': 1,
  'config-not-writable': 1,
  'mqtt-mode-range': 1,
  'cgroup-driver': 1,
  'feature-gate': 1,
  'null-section': 1,
  environment: 1,
  'registration-refused': 3,
}

/**
 * Why the start before the one that runs now ended by itself, and whether this one has come past that point: a second after
 * a restart every crash loop looks healthy. One that has its certificates, or is registered, is not judged by what the one
 * before lacked; any other is past it when it has lived twice as long.
 */
export function readPreviousEnd(
  starts: readonly Start[],
  end: number,
): { exit: Exit; isPast: boolean } | undefined {
  const [previous, current] = starts.slice(-2)
  if (!previous || !current) return undefined
  const exit = findExit(beforeStop(previous.records)) ?? endedWithoutAWord(starts)
  if (!exit) return undefined
  const life = lastTime(previous) - firstTime(previous)
  // One without a line has just begun.
  const age = end - (firstTime(current) || end)
  const stage =
    stageOf[exit.code] ?? (isCertificateCode(exit.code) ? certificateStage : Number.POSITIVE_INFINITY)
  const isPast = stageReached(current) >= stage || age > 2 * life + graceMs || life > shortLifeMs
  return { exit, isPast }
}

function stageReached({ records }: Start): number {
  let reached = 0
  for (const { message } of records)
    for (const [stage, sign] of milestones) if (stage > reached && sign.test(message)) reached = stage
  return reached
}

/** A log file has no lines of systemd: three short lives without a stop signal are a loop too. */
function endedWithoutAWord(starts: readonly Start[]): Exit | undefined {
  const ended = starts.slice(-4, -1)
  const isShort = (start: Start, index: number) => {
    const next = ended[index + 1] ?? starts.at(-1)
    return (
      !start.records.some(isStop) && next !== undefined && firstTime(next) - firstTime(start) < shortLifeMs
    )
  }
  if (ended.length < 2 || !ended.every(isShort)) return undefined
  const proof =
    ended.at(-1)?.records.findLast(({ severity }) => severity === 'E') ?? ended.at(-1)?.records.at(-1)
  return {
    code: 'restarting',
    text: `EdgeCore starts again and again (${starts.length} times in this log), and the log does not show why it ends`,
    remedy: 'Read the whole journal of the unit.',
    commands: ['journalctl -u edgecore -n 200 --no-pager'],
    line: proof?.line ?? '',
    ...(proof?.at !== undefined && { at: proof.at }),
  }
}

/** While EdgeCore stops, its parts go one by one; what they log then is no state. */
export function beforeStop(records: readonly LogRecord[]): readonly LogRecord[] {
  const stop = records.findIndex(isStop)
  return stop === -1 ? records : records.slice(0, stop)
}

/** EdgeCore's own times: systemd begins earlier and ends later. */
const timesOf = ({ records }: Start): number[] =>
  records.flatMap(({ at, severity }) => (severity === 'S' || at === undefined ? [] : [at]))
const firstTime = (start: Start): number => timesOf(start)[0] ?? 0
const lastTime = (start: Start): number => timesOf(start).at(-1) ?? 0
