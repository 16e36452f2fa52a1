import { Flags } from '@oclif/core'
import { declarationNames } from '../../broker-test/capabilities.ts'
import { brokerTests } from '../../broker-test/groups/index.ts'
import { compareReports } from '../../broker-test/run/compare.ts'
import type { BrokerTestReport } from '../../broker-test/run/report.ts'
import { explainTest, listTests, selectTests } from '../../broker-test/run/select.ts'
import { cleanUpRun, type TestOptions, testBroker } from '../../broker-test/run/test-broker.ts'
import { addressOf, type Target } from '../../broker-test/target.ts'
import { groups } from '../../broker-test/test.ts'
import { accessFlags, brokerUrl, targetReader } from '../../cli/broker/access.ts'
import { localAccess, localTarget } from '../../cli/broker/local-target.ts'
import { printReport, reportFlag } from '../../cli/broker/print-report.ts'
import { EdgekitCommand } from '../../cli/command.ts'
import { interruptible } from '../../cli/interrupt.ts'
import { parseDuration } from '../../cli/quantities/duration.ts'
import { EdgekitError } from '../../lib/errors.ts'
import { brokerTestExitCodes, exitCodeHelp } from '../../lib/exit-codes.ts'
import { requireOutputFile } from '../../lib/files/output-file.ts'
import { localNode } from '../../node/node.ts'
import { formatBrokerComparison } from '../../ui/broker-test/comparison.ts'
import { formatBrokerTestExplanation } from '../../ui/broker-test/explanation.ts'
import { brokerTestFormatNames, brokerTestFormats } from '../../ui/broker-test/formats.ts'
import { formatBrokerTest, leftoverText } from '../../ui/broker-test/text.ts'
import type { BrokerTestCleanupOutput } from '../../ui/json/broker/broker-test.ts'
import { stepRunner } from '../../ui/steps.ts'
import { formatGroupedList } from '../../ui/text.ts'

export default class BrokerTest extends EdgekitCommand {
  static override summary = 'Test whether an MQTT broker does what MQTT requires'
  static override description =
    'Tests any broker with MQTT 3.1.1 and MQTT 5, as far as it accepts them: without URL the broker of this node, as EdgeCore reaches it. Everything it publishes is below a topic of its own, and what it creates is removed at the end. Use it beside other clients with care: it opens 100 connections and sends malformed packets.\n\n' +
    exitCodeHelp('brokerTest')
  static override examples = [
    'sudo edgekit broker test',
    'edgekit broker test mqtt://broker.example:1883',
    'edgekit broker test mqtts://broker.example --ca ca.crt',
    'edgekit broker test mqtt://127.0.0.1 --group sessions --group will',
    'edgekit broker test mqtt://127.0.0.1 --output markdown --report report.md',
    'edgekit broker test mqtt://127.0.0.1 --output html --report report.html',
    'edgekit broker test mqtt://127.0.0.1 --compare mqtt://127.0.0.1:1884',
    'edgekit broker test --list',
    'edgekit broker test --explain qos-2-to-1',
  ]
  static override args = brokerUrl
  static override flags = {
    group: Flags.option({
      options: groups,
      multiple: true,
      description: 'run only the tests of this group; can be repeated',
    })(),
    list: Flags.boolean({
      exclusive: ['explain', 'cleanup'],
      description: 'list all tests without running them',
    }),
    explain: Flags.string({ helpValue: 'TEST', exclusive: ['cleanup'], description: 'explain a test' }),
    ...accessFlags,
    listener: Flags.string({
      helpValue: 'URL',
      multiple: true,
      description: 'another listener of the same broker; can be repeated',
    }),
    'denied-topic': Flags.string({
      helpValue: 'TOPIC',
      description: 'a topic that the user may neither publish to nor read',
    }),
    capability: Flags.option({
      options: declarationNames,
      multiple: true,
      description: 'skip tests that need what the broker lacks; can be repeated',
    })(),
    'time-limit': Flags.string({ helpValue: '60s', default: '60s', description: 'time limit for all tests' }),
    output: Flags.option({
      options: brokerTestFormatNames,
      default: 'text' as const,
      description: 'format of the report',
    })(),
    report: reportFlag,
    compare: Flags.string({
      helpValue: 'URL',
      exclusive: ['list', 'explain', 'cleanup', 'listener', 'denied-topic'],
      description: 'test this broker, too, and show only what differs (text or JSON)',
    }),
    cleanup: Flags.string({
      helpValue: 'RUN',
      description: 'remove what a killed run left on the broker',
    }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(BrokerTest)
    if (flags.list) {
      const output = listTests(brokerTests)
      this.say(formatGroupedList(output.tests))
      return output
    }
    if (flags.explain !== undefined) {
      const output = explainTest(flags.explain, brokerTests)
      this.say(formatBrokerTestExplanation(output))
      return output
    }
    const timeLimitMs = parseDuration(flags['time-limit'], '--time-limit')
    if (flags.report !== undefined) await requireOutputFile(flags.report)
    const targetOf = await targetReader(flags)
    if (flags.cleanup !== undefined) return await this.cleanUp(flags.cleanup, args.url, targetOf)
    const forUrl = (['listener', 'denied-topic', 'compare'] as const).find(name => flags[name] !== undefined)
    if (forUrl !== undefined && args.url === undefined)
      throw new EdgekitError(`--${forUrl} requires the URL of a broker`, {
        code: 'invalid-usage',
        remedy: `Name the broker, also that of this node:\n  edgekit broker test mqtt://127.0.0.1 --${forUrl} …`,
      })
    if (flags.compare !== undefined && flags.output !== 'text' && flags.output !== 'json')
      throw new EdgekitError(`--compare has no format ${flags.output}`, {
        code: 'invalid-usage',
        remedy: 'Use --output text or --output json.',
      })
    const { target, nodeName } =
      args.url === undefined ? await localTarget() : { target: targetOf(args.url), nodeName: undefined }
    const { listeners, deniedTopic } =
      args.url === undefined
        ? await localAccess(target)
        : { listeners: (flags.listener ?? []).map(url => targetOf(url)), deniedTopic: flags['denied-topic'] }
    const format = this.jsonEnabled() ? 'json' : flags.output
    const test = (tested: Partial<TestOptions> & Pick<TestOptions, 'target'>): Promise<BrokerTestReport> =>
      stepRunner({ silent: this.jsonEnabled() || (format !== 'text' && flags.report === undefined) })(
        `Test ${addressOf(tested.target)}`,
        note =>
          interruptible(
            signal =>
              testBroker({
                ...tested,
                tests: selectTests(brokerTests, flags.group),
                timeLimitMs,
                declarations: flags.capability ?? [],
                edgekitVersion: this.config.version,
                files: localNode().files,
                signal,
                onResult: (done, all) => note(`${done} of ${all}`),
              }),
            'what the tests created on the broker has been removed',
          ),
      )
    const other = flags.compare === undefined ? undefined : targetOf(flags.compare)
    const report = await test({ target, nodeName, listeners, deniedTopic })
    const output = other ? compareReports(report, await test({ target: other })) : report
    process.exitCode = output.exitCode
    await printReport(text => this.say(text), {
      text: 'differences' in output ? formatBrokerComparison(output) : formatBrokerTest(output),
      report:
        format === 'text'
          ? undefined
          : 'differences' in output
            ? JSON.stringify(output, null, 2)
            : brokerTestFormats[format](output),
      file: flags.report,
    })
    return output
  }

  private async cleanUp(
    run: string,
    url: string | undefined,
    targetOf: (url: string) => Target,
  ): Promise<BrokerTestCleanupOutput> {
    const { address, removed, leftovers } = await cleanUpRun(run, {
      files: localNode().files,
      targetOf: async recorded => targetOf(url ?? recorded),
    })
    if (leftovers.length > 0) process.exitCode = brokerTestExitCodes.notTested
    this.say(
      removed.length > 0
        ? `removed from ${address}: ${removed.join(', ')}`
        : `nothing was left on ${address}`,
    )
    if (leftovers.length > 0) this.say(leftoverText({ run, leftovers }))
    return { schemaVersion: 1, run, address, removed, leftovers }
  }
}
