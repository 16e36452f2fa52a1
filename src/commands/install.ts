import { resolve } from 'node:path'
import { Args } from '@oclif/core'
import { exitCodes } from '../errors.ts'
import { install, PreflightRefusal } from '../install/install.ts'
import { localNode } from '../node/node.ts'
import { EdgekitCommand } from '../ui/command.ts'
import { formatFindings } from '../ui/findings.ts'
import { runSteps } from '../ui/steps.ts'

export default class Install extends EdgekitCommand {
  static override summary = 'Make this machine an edge node, from the bundle it was unpacked from'
  static override description =
    'Verifies the bundle, imports the broker image, starts the broker, and when it answers, EdgeCore; then goes through a checklist. Running it again changes only what is not right yet.\n\nExit codes: 0 done or nothing to do, 3 refused and nothing changed, 4 failed and put back, 5 failed and not all put back, 7 installed but the checklist found something.'
  static override examples = ['sudo ./edgekit install', 'sudo edgekit install /media/usb/bundle']
  static override args = {
    directory: Args.string({ description: 'the unpacked bundle (default: where this edgekit was unpacked)' }),
  }

  async run(): Promise<unknown> {
    const { args } = await this.parse(Install)
    const directory = resolve(args.directory ?? resolve(process.execPath, '../..'))
    const silent = this.jsonEnabled()
    try {
      const { bundle, done, checklist } = await install({
        directory,
        node: localNode(),
        runSteps: steps => runSteps(steps, { silent }),
      })
      const passed = checklist.every(({ status }) => status === 'pass' || status === 'warn')
      process.exitCode = passed ? exitCodes.ok : exitCodes.checklistFailed
      this.say(done.length === 0 ? '\nNothing to do: this node is already as the bundle says.\n' : '')
      this.say(formatFindings(checklist))
      this.say(
        passed
          ? '\nThis node works. Look at it at any time with: edgekit doctor'
          : '\nInstalled, but not all is well: see above.',
      )
      const { name, kubeedgeVersion, arch } = bundle.manifest
      return { bundle: { name, kubeedgeVersion, arch }, done, checklist }
    } catch (error) {
      if (error instanceof PreflightRefusal) this.say(`\n${formatFindings(error.findings)}\n`)
      throw error
    }
  }
}
