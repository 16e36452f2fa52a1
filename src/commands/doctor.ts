import { diagnose, exitCodeOf, type Report } from '../doctor/diagnose.ts'
import { localNode } from '../node/node.ts'
import { EdgekitCommand } from '../ui/command.ts'
import { formatReport } from '../ui/report.ts'

export default class Doctor extends EdgekitCommand {
  static override summary = 'Say what is wrong with this node, why, and how to mend it'
  static override description =
    'Looks at containerd, the broker and EdgeCore, and sends a message through the broker. Changes nothing and needs no network.\n\nExit codes: 0 all is well, 3 something is wrong, 5 something could not be looked at.'
  static override examples = ['sudo edgekit doctor', 'sudo edgekit doctor --json']

  async run(): Promise<Report> {
    await this.parse(Doctor)
    const report = await diagnose(localNode())
    process.exitCode = exitCodeOf(report)
    this.say(formatReport(report))
    return report
  }
}
