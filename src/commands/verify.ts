import { Args, Flags } from '@oclif/core'
import type { Verification } from '../bundle/bundle.ts'
import { readKeys } from '../bundle/keys.ts'
import { locateBundle } from '../bundle/locate.ts'
import { EdgekitCommand } from '../cli/command.ts'
import { exitCodeHelp, verifyExitCodes } from '../lib/exit-codes.ts'
import { plural } from '../lib/format.ts'
import { localFiles } from '../node/files.ts'
import type { VerifyOutput } from '../ui/json/verify.ts'
import { wrap } from '../ui/text.ts'

const signatures: Record<Verification['signature'], string> = {
  none: 'not signed',
  'not-checked': 'signed, not checked (no --key given)',
  good: 'signature good',
}

export default class Verify extends EdgekitCommand {
  static override summary = 'Verify a bundle: its signature, and every file against its manifest'
  static override description =
    'Reads the whole bundle once, packed or unpacked, and compares every file with bundle.json: content, size and mode. Nothing may be missing, and nothing may be added.\n\n' +
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
      description: 'require a signature by this public key (PEM); if repeated, by any one of them',
    }),
  }

  async run(): Promise<VerifyOutput> {
    const { args, flags } = await this.parse(Verify)
    const keys = await readKeys(flags.key ?? [])
    const { manifest, problems, ...verdict } = await locateBundle(args.bundle, localFiles()).verify(keys)
    process.exitCode = problems.length === 0 ? verifyExitCodes.ok : verifyExitCodes.damaged
    const { name, kubeedgeVersion, arch, files } = manifest
    const signed = `${signatures[verdict.signature]}${verdict.signedBy ? ` (${verdict.signedBy})` : ''}`
    this.say(`${name} ${kubeedgeVersion} ${arch}: ${plural(files.length, 'file')}, ${signed}`)
    for (const problem of problems) this.say(wrap(problem, 2))
    this.say(
      problems.length === 0
        ? 'This bundle is intact.'
        : `\nDo not install this bundle: ${plural(problems.length, 'problem')} found. Copy it again.`,
    )
    return {
      schemaVersion: 1,
      bundle: { name, kubeedgeVersion, arch },
      ok: problems.length === 0,
      ...verdict,
      problems,
    }
  }
}
