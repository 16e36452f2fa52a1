import { resolve } from 'node:path'
import { Args, Flags } from '@oclif/core'
import { readKeys } from '../bundle/keys.ts'
import { locateBundle } from '../bundle/locate.ts'
import { withUnpacked } from '../bundle/unpack.ts'
import { exitCodeMeanings, exitCodes } from '../errors.ts'
import { type InstallResult, install, PreflightRefusal } from '../install/install.ts'
import { trustedKeys } from '../install/trusted-keys.ts'
import { localNode } from '../node/node.ts'
import { formatCloudCommands } from '../ui/cloud-commands.ts'
import { EdgekitCommand } from '../ui/command.ts'
import { formatFindings } from '../ui/findings.ts'
import { interruptible } from '../ui/interrupt.ts'
import { runSteps } from '../ui/steps.ts'

export default class Install extends EdgekitCommand {
  static override summary = 'Make this machine an edge node, or prepare the cloud side, from a bundle'
  static override description =
    'Takes a bundle as it was unpacked, or packed (a .tar.gz or its parts), which is unpacked into /var/tmp for the time it takes. With --key, or with keys in /etc/edgekit/trusted-keys/*.pem, a bundle that none of them signed is refused before anything is touched.\n\nVerifies the bundle, imports the broker image, starts the broker, and when it answers, EdgeCore; then goes through a checklist. From a cloud bundle: imports and pins the images, puts keadm and the manifests in place, and says what to type next, or does it (--apply); it starts no broker. Running it again changes only what is not right yet.\n\nWhat fails is put back. After a power cut or a kill the same command finishes what was begun, and edgekit rollback undoes it.\n\nExit codes:\n' +
    exitCodeMeanings.map(([code, meaning]) => `${code}  ${meaning}`).join('\n')
  static override examples = [
    'sudo ./edgekit install',
    'sudo edgekit install /media/usb/kubeedge-edge-v1.22.0-amd64.tar.gz',
    'sudo ./edgekit install --apply --advertise-address 192.0.2.10',
  ]
  static override args = {
    bundle: Args.string({
      description: 'a bundle, packed or unpacked (default: where this edgekit was unpacked)',
    }),
  }
  static override flags = {
    key: Flags.string({
      multiple: true,
      helpValue: 'PUB',
      description: 'public key (PEM) that must have signed the bundle; with several, any one of them',
    }),
    rollback: Flags.boolean({
      allowNo: true,
      default: true,
      description: 'put everything back on failure, or keep it as it is then, to look into it',
    }),
    apply: Flags.boolean({ description: 'cloud bundle: also run keadm init, and wait until CloudCore runs' }),
    'advertise-address': Flags.string({
      helpValue: 'IP[,IP]',
      description: 'cloud bundle: where edge nodes reach this machine',
    }),
    kubeconfig: Flags.string({
      helpValue: 'FILE',
      description: "cloud bundle: how to reach the cluster (default: kubectl's, kubeadm's or k3s' own file)",
    }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Install)
    const node = localNode()
    const keys = [...(await readKeys(flags.key ?? [])), ...(await trustedKeys(node.files))]
    const silent = this.jsonEnabled()
    const installFrom = (directory: string, signal: AbortSignal): Promise<InstallResult> =>
      install({
        signal,
        directory,
        node,
        keys,
        runSteps: steps => runSteps(steps, { silent }),
        rollBackOnFailure: flags.rollback,
        edgekitVersion: this.config.version,
        cloud: {
          apply: flags.apply,
          advertiseAddress: flags['advertise-address'],
          kubeconfig: flags.kubeconfig,
        },
      })
    const { directory, packed } = await locateBundle(
      resolve(args.bundle ?? resolve(process.execPath, '../..')),
    )
    try {
      const { bundle, done, checklist, next } = await interruptible(signal =>
        directory === undefined
          ? withUnpacked(packed, keys, unpacked => installFrom(unpacked, signal))
          : installFrom(directory, signal),
      )
      const passed = checklist.every(({ status }) => status === 'pass' || status === 'warn')
      process.exitCode = passed ? exitCodes.ok : exitCodes.checklistFailed
      this.say(done.length === 0 ? '\nNothing to do: this node is already as the bundle says.\n' : '')
      this.say(formatFindings(checklist))
      this.say(
        passed
          ? `\n${bundle.manifest.role === 'edge' ? 'This node works.' : 'Everything of the bundle is in place.'} Look at it at any time with: edgekit doctor`
          : '\nInstalled, but not all is well: see above.',
      )
      if (next) this.say(formatCloudCommands(next))
      const { name, kubeedgeVersion, arch } = bundle.manifest
      return { bundle: { name, kubeedgeVersion, arch }, done, checklist, ...(next && { next }) }
    } catch (error) {
      if (error instanceof PreflightRefusal) this.say(`\n${formatFindings(error.findings)}\n`)
      throw error
    }
  }
}
