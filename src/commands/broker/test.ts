import { resolve } from 'node:path'
import { Args, Flags } from '@oclif/core'
import { brokerTests } from '../../broker-test/groups/index.ts'
import type { BrokerTestReport } from '../../broker-test/run/report.ts'
import { explainTest, listTests, selectTests } from '../../broker-test/run/select.ts'
import { cleanUpRun, testBroker } from '../../broker-test/run/test-broker.ts'
import { addressOf, parseTarget, type Target } from '../../broker-test/target.ts'
import { groups } from '../../broker-test/test.ts'
import { EdgekitCommand } from '../../cli/command.ts'
import { interruptible } from '../../cli/interrupt.ts'
import { parseDuration } from '../../cli/quantities/duration.ts'
import { readNamedFile } from '../../cli/read-named-file.ts'
import { saveFile } from '../../doctor/support/save.ts'
import { localBroker } from '../../facts/broker-probe.ts'
import { brokerTestExitCodes, exitCodeHelp } from '../../lib/exit-codes.ts'
import { requireOutputFile } from '../../lib/files/output-file.ts'
import { localNode, type Node } from '../../node/node.ts'
import { broker, units } from '../../node/paths.ts'
import { formatBrokerTestExplanation } from '../../ui/broker-test/explanation.ts'
import { brokerTestFormatNames, brokerTestFormats } from '../../ui/broker-test/formats.ts'
import { formatBrokerTest, leftoverText } from '../../ui/broker-test/text.ts'
import type { BrokerTestCleanupOutput } from '../../ui/json/broker/broker-test.ts'
import { plainText } from '../../ui/print.ts'
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
    'edgekit broker test --list',
    'edgekit broker test --explain qos-2-to-1',
  ]
  static override args = {
    url: Args.string({
      description: 'mqtt://HOST[:PORT] or mqtts://HOST[:PORT] (default: the broker of this node)',
    }),
  }
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
    username: Flags.string({ dependsOn: ['password-file'], description: 'user name for the broker' }),
    'password-file': Flags.string({
      helpValue: 'FILE',
      dependsOn: ['username'],
      description: 'file with the password, which can end with a line feed',
    }),
    ca: Flags.string({
      helpValue: 'FILE',
      description: 'certificate authority of the broker (PEM), for mqtts://',
    }),
    'time-limit': Flags.string({ helpValue: '60s', default: '60s', description: 'time limit for all tests' }),
    output: Flags.option({
      options: brokerTestFormatNames,
      default: 'text' as const,
      description: 'format of the report',
    })(),
    report: Flags.string({
      helpValue: 'FILE',
      description: 'write the report to this file in the format of --output, and as text to the terminal',
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
    const access = {
      username: flags.username,
      password: await textOf(flags['password-file']),
      ca: await textOf(flags.ca),
    }
    if (flags.cleanup !== undefined) return await this.cleanUp(flags.cleanup, args.url, access)
    const node = localNode()
    const { target, nodeName } =
      args.url === undefined
        ? await localTarget(node)
        : { target: parseTarget(args.url, access), nodeName: undefined }
    const format = this.jsonEnabled() ? 'json' : flags.output
    const silent = this.jsonEnabled() || (format !== 'text' && flags.report === undefined)
    const report = await stepRunner({ silent })(`Test ${addressOf(target)}`, note =>
      interruptible(
        signal =>
          testBroker({
            target,
            nodeName,
            tests: selectTests(brokerTests, flags.group),
            timeLimitMs,
            edgekitVersion: this.config.version,
            files: node.files,
            signal,
            onResult: (done, all) => note(`${done} of ${all}`),
          }),
        'what the tests created on the broker has been removed',
      ),
    )
    process.exitCode = report.exitCode
    await this.print(report, format, flags.report)
    return report
  }

  private async print(
    report: BrokerTestReport,
    format: keyof typeof brokerTestFormats,
    file: string | undefined,
  ): Promise<void> {
    this.say(
      format === 'text' || file !== undefined ? formatBrokerTest(report) : brokerTestFormats[format](report),
    )
    if (file === undefined) return
    const text = plainText(brokerTestFormats[format](report))
    await saveFile(localNode().files, resolve(file), Buffer.from(`${text}\n`), 0o644)
  }

  private async cleanUp(
    run: string,
    url: string | undefined,
    access: Access,
  ): Promise<BrokerTestCleanupOutput> {
    const targetOf = async (address: string): Promise<Target> => parseTarget(url ?? address, access)
    const { address, removed, leftovers } = await cleanUpRun(run, { files: localNode().files, targetOf })
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

type Access = Parameters<typeof parseTarget>[1]

/** A password, or certificates: both are far smaller. */
const maxFileBytes = 1024 * 1024

const textOf = async (path: string | undefined): Promise<string | undefined> =>
  path === undefined ? undefined : (await readNamedFile(path, maxFileBytes)).toString().replace(/\r?\n$/, '')

/** The broker of this node as EdgeCore reaches it, and the node name when EdgeCore is running. */
async function localTarget(node: Node): Promise<{ target: Target; nodeName: string | undefined }> {
  const { endpoint, nodeName } = await localBroker(node).catch(() => ({
    endpoint: broker,
    nodeName: undefined,
  }))
  const isActive = await node.systemd.unit(units.edgecore).then(
    ({ active }) => active === 'active',
    () => false,
  )
  return { target: endpoint, nodeName: isActive ? nodeName : undefined }
}
