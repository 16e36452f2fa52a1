import { Args, Flags } from '@oclif/core'
import { type Verification, verifyBundle } from '../bundle/bundle.ts'
import { readKeys } from '../bundle/keys.ts'
import { EdgekitCommand } from '../cli/command.ts'
import { exitCodeHelp, verifyExitCodes } from '../lib/exit-codes.ts'
import { plural } from '../lib/format.ts'
import { wrap } from '../ui/text.ts'

const signatures: Record<Verification['signature'], string> = {
  none: 'not signed',
  'not checked': 'signed, but no --key was given to check it with',
  good: 'signature good',
}

export default class Verify extends EdgekitCommand {
  static override summary = 'Check a bundle: its signature, and every file against its manifest'
  static override description =
    'Reads the whole bundle once, packed or unpacked, and says of every file whether it is what bundle.json states; nothing may be missing and nothing may be added.\n\n' +
    exitCodeHelp('verify')
  static override examples = [
    'edgekit verify kubeedge-edge-v1.22.0-amd64.tar.gz --key release.pub.pem',
    'edgekit verify /media/usb/kubeedge-edge-v1.22.0-amd64.tar.gz.part01',
  ]
  static override args = {
    bundle: Args.string({
      required: true,
      description: 'a .tar.gz, one of its parts, or the directory it was unpacked into',
    }),
  }
  static override flags = {
    key: Flags.string({
      multiple: true,
      helpValue: 'PUB',
      description: 'public key (PEM) that must have signed it; with several, any one of them',
    }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Verify)
    const { manifest, problems, ...verdict } = await verifyBundle(
      args.bundle,
      await readKeys(flags.key ?? []),
    )
    process.exitCode = problems.length === 0 ? verifyExitCodes.ok : verifyExitCodes.damaged
    const { name, kubeedgeVersion, arch, files } = manifest
    const signed = `${signatures[verdict.signature]}${verdict.signedBy ? ` (${verdict.signedBy})` : ''}`
    this.say(`${name} ${kubeedgeVersion} ${arch}: ${plural(files.length, 'file')}, ${signed}`)
    for (const problem of problems) this.say(wrap(problem, 2))
    this.say(
      problems.length === 0
        ? 'This bundle is whole.'
        : `\nDo not install this bundle: ${plural(problems.length, 'thing')} in it ${problems.length === 1 ? 'is' : 'are'} not as its manifest says. Copy it again.`,
    )
    return { bundle: { name, kubeedgeVersion, arch }, ok: problems.length === 0, ...verdict, problems }
  }
}
