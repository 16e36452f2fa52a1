import { setTimeout as sleep } from 'node:timers/promises'
import { Flags } from '@oclif/core'
import { OwnClientFilter } from '../broker/log/own-client-filter.ts'
import { EdgekitCommand } from '../cli/command.ts'
import { chosenServices, type Service, serviceArg } from '../cli/flags/service.ts'
import { interruptible } from '../cli/interrupt.ts'
import { parseCount } from '../cli/quantities/count.ts'
import { parseDuration } from '../cli/quantities/duration.ts'
import { requireRoot } from '../cli/require-root.ts'
import { units } from '../node/paths.ts'
import { streamJournal } from '../node/stream-journal.ts'
import type { JournalLine } from '../node/systemd-journal.ts'
import type { LogsOutput } from '../ui/json/broker/services.ts'
import { print } from '../ui/print.ts'
import { paint, wrap } from '../ui/text.ts'

/** When nothing has come for so long, what waits is shown. */
const quietMs = 500
/** The journal rarely goes further back. */
const mostDays = 3650
const mostLines = 1_000_000

export default class Logs extends EdgekitCommand {
  static override summary = 'Show the logs of the broker and EdgeCore'
  static override description =
    'Shows the journal of mosquitto.service and edgecore.service, since the machine started or for --since, in the order of time. The clients with which edgekit itself tests the broker are left out. edgekit edgecore explain and edgekit doctor explain what a log means.'
  static override examples = [
    'sudo edgekit logs -f',
    'sudo edgekit logs broker --since 10m',
    'sudo edgekit logs edgecore --lines 100',
  ]
  static override args = serviceArg
  static override flags = {
    follow: Flags.boolean({ char: 'f', exclusive: ['json'], description: 'wait for new lines until Ctrl-C' }),
    since: Flags.string({ helpValue: '10m', description: 'only lines of the last 30s, 10m, 2h, or 1d' }),
    lines: Flags.string({ char: 'n', helpValue: '100', description: 'only so many of the last lines' }),
  }

  async run(): Promise<LogsOutput> {
    const { args, flags } = await this.parse(Logs)
    const since =
      flags.since === undefined ? undefined : Date.now() - parseDuration(flags.since, '--since', mostDays)
    const most =
      flags.lines === undefined ? undefined : parseCount(flags.lines, '--lines', { most: mostLines })
    requireRoot('logs')
    const chosen = chosenServices(args.service)
    const output: LogsOutput = { schemaVersion: 1, lines: [] }
    let isEmpty = true
    const show = (service: Service, { time, text }: JournalLine): void => {
      isEmpty = false
      if (this.jsonEnabled()) output.lines.push({ service, time: new Date(time).toISOString(), text })
      const prefix = chosen.length > 1 ? `${paint('dim', service.padEnd(8))} ` : ''
      for (const line of text.split('\n')) this.say(`${prefix}${line}`)
    }
    await interruptible(async signal => {
      const lines = streamJournal({
        units: chosen.map(({ unit }) => unit),
        since,
        // Most of them may be about clients of edgekit.
        lines: most === undefined ? undefined : most * 20,
        follow: flags.follow,
        signal,
      })
      await showLines(lines, most ?? Number.POSITIVE_INFINITY, show)
      // Ctrl-C is how --follow ends.
      if (!flags.follow) signal.throwIfAborted()
    })
    if (isEmpty && !flags.follow && !this.jsonEnabled())
      print(
        `${wrap(`No lines of ${chosen.map(({ unit }) => unit).join(' and ')} ${flags.since ? `in the last ${flags.since}` : 'since this machine started'}.`)}\n`,
        process.stderr,
      )
    return output
  }
}

/** Shows the lines without the clients of edgekit, and at first only the last `most` of them. */
async function showLines(
  lines: AsyncIterable<JournalLine>,
  most: number,
  show: (service: Service, line: JournalLine) => void,
): Promise<void> {
  const filter = new OwnClientFilter()
  let earlier: [Service, JournalLine][] | undefined = []
  let latest: JournalLine | undefined
  const add = (service: Service, line: JournalLine): void => {
    if (earlier) earlier.push([service, line])
    else show(service, line)
  }
  const addBroker = (texts: readonly string[]): void => {
    if (latest) for (const text of texts) add('broker', { ...latest, text })
  }
  const catchUp = (): void => {
    addBroker(filter.flush())
    for (const each of earlier?.slice(-most) ?? []) show(...each)
    earlier = undefined
  }
  for await (const line of lines) {
    latest = line
    if (line.unit === units.broker) addBroker(filter.add(line.text))
    else add('edgecore', line)
    void sleep(quietMs, undefined, { ref: false }).then(() => {
      if (latest === line) catchUp()
    })
  }
  catchUp()
}
