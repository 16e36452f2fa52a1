import { Flags } from '@oclif/core'
import { stampSize } from '../../broker-bench/load/stamp.ts'
import { benchBroker } from '../../broker-bench/run/bench-broker.ts'
import { accessFlags, brokerUrl, targetReader } from '../../cli/broker/access.ts'
import { localTarget } from '../../cli/broker/local-target.ts'
import { printReport, reportFlag } from '../../cli/broker/print-report.ts'
import { EdgekitCommand } from '../../cli/command.ts'
import { interruptible } from '../../cli/interrupt.ts'
import { parseCount } from '../../cli/quantities/count.ts'
import { parseDuration } from '../../cli/quantities/duration.ts'
import { exitCodeHelp } from '../../lib/exit-codes.ts'
import { requireOutputFile } from '../../lib/files/output-file.ts'
import { localNode } from '../../node/node.ts'
import { brokerBenchFormatNames, brokerBenchFormats } from '../../ui/broker-bench/formats.ts'
import { formatBrokerBench } from '../../ui/broker-bench/text.ts'
import { stepRunner } from '../../ui/steps.ts'

const most = { connections: 100_000, rate: 10_000_000, size: 1_048_576 }

export default class BrokerBench extends EdgekitCommand {
  static override summary = 'Put load on an MQTT broker, and measure throughput, latency and loss'
  static override description =
    'Loads any broker: without URL the broker of this node, as EdgeCore reaches it. Each message has its moment on a schedule, and its latency counts from there, so a broker that stalls is seen. Only loopback and private addresses are allowed. Nothing is left on the broker.\n\n' +
    exitCodeHelp('brokerBench')
  static override examples = [
    'sudo edgekit broker bench',
    'edgekit broker bench mqtt://127.0.0.1 --publishers 100 --rate 5000 --qos 1',
    'edgekit broker bench mqtt://127.0.0.1 --publishers 1 --subscribers 100',
    'edgekit broker bench mqtt://127.0.0.1 --subscribers 4 --shared --rate max',
    'edgekit broker bench mqtt://127.0.0.1 --find-max --p99 20ms',
    'edgekit broker bench mqtt://127.0.0.1 --output html --report bench.html',
  ]
  static override args = brokerUrl
  static override flags = {
    publishers: Flags.string({
      helpValue: '10',
      default: '10',
      description: 'clients that publish, each to a topic of its own',
    }),
    subscribers: Flags.string({
      helpValue: '1',
      default: '1',
      description: 'clients that subscribe, each to all topics',
    }),
    shared: Flags.boolean({
      default: false,
      description: 'the subscribers share the messages ($share) instead of getting all of them',
    }),
    qos: Flags.option({
      options: ['0', '1', '2'] as const,
      default: '0' as const,
      description: 'QoS of messages and subscriptions',
    })(),
    size: Flags.string({ helpValue: '100', default: '100', description: 'bytes of a payload' }),
    rate: Flags.string({
      helpValue: '1000',
      default: '1000',
      description: 'messages per second of all publishers, or max: as fast as the broker takes them',
    }),
    duration: Flags.string({ helpValue: '10s', default: '10s', description: 'how long to measure' }),
    'connect-rate': Flags.string({
      helpValue: '200',
      default: '200',
      description: 'new connections per second',
    }),
    'find-max': Flags.boolean({
      description: 'search the highest rate with p99 below --p99 and nothing lost, and measure that',
    }),
    p99: Flags.string({
      helpValue: '20ms',
      default: '20ms',
      description: 'with --find-max: 99 % of the messages must arrive within this time',
    }),
    'yes-this-is-my-broker': Flags.boolean({
      default: false,
      description: 'allow a broker with a public address',
    }),
    ...accessFlags,
    output: Flags.option({
      options: brokerBenchFormatNames,
      default: 'text' as const,
      description: 'format of the report',
    })(),
    report: reportFlag,
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(BrokerBench)
    const load = {
      publishers: parseCount(flags.publishers, '--publishers', { most: most.connections }),
      subscribers: parseCount(flags.subscribers, '--subscribers', { most: most.connections }),
      shared: flags.shared,
      qos: flags.qos === '0' ? 0 : flags.qos === '1' ? 1 : 2,
      size: parseCount(flags.size, '--size', { least: stampSize, most: most.size }),
    } as const
    const pace = {
      rate:
        flags.rate === 'max' ? undefined : parseCount(flags.rate, '--rate', { most: most.rate, or: 'max' }),
      durationMs: parseDuration(flags.duration, '--duration'),
    }
    const connectPerSecond = parseCount(flags['connect-rate'], '--connect-rate', { most: most.connections })
    const p99Ms = parseDuration(flags.p99, '--p99')
    if (flags.report !== undefined) await requireOutputFile(flags.report)
    const targetOf = await targetReader(flags)
    const target = args.url === undefined ? (await localTarget()).target : targetOf(args.url)
    const format = this.jsonEnabled() ? 'json' : flags.output
    const report = await interruptible(signal =>
      benchBroker({
        target,
        load,
        pace,
        findMaxP99Ms: flags['find-max'] ? p99Ms : undefined,
        connectPerSecond,
        isOwnBroker: flags['yes-this-is-my-broker'],
        edgekitVersion: this.config.version,
        node: localNode(),
        signal,
        runStep: stepRunner({
          silent: this.jsonEnabled() || (format !== 'text' && flags.report === undefined),
        }),
      }),
    )
    process.exitCode = report.exitCode
    await printReport(text => this.say(text), {
      text: formatBrokerBench(report),
      report: format === 'text' ? undefined : brokerBenchFormats[format](report),
      file: flags.report,
    })
    return report
  }
}
