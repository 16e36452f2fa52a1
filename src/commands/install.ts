import { resolve } from 'node:path'
import { Args, Flags, type Interfaces } from '@oclif/core'
import { readKeys } from '../bundle/keys.ts'
import { locateBundle } from '../bundle/locate.ts'
import { trustedKeys } from '../bundle/trusted-keys.ts'
import { EdgekitCommand } from '../cli/command.ts'
import { confirm, isInteractive } from '../cli/confirm.ts'
import { nodeFlags } from '../cli/flags/edge-node.ts'
import { interruptible } from '../cli/interrupt.ts'
import { parseDuration } from '../cli/quantities/duration.ts'
import { readStdin } from '../cli/stdin.ts'
import { checkNamed } from '../doctor/select.ts'
import { dryRun } from '../install/dry-run.ts'
import { install } from '../install/install.ts'
import { PreflightRefusal } from '../install/prepare.ts'
import { answersIn, askedBy, tokenFor } from '../install/request/install-flags.ts'
import { exitCodeHelp, exitCodes } from '../lib/exit-codes.ts'
import type { Step } from '../lib/step.ts'
import { localNode } from '../node/node.ts'
import { formatFindings } from '../ui/findings.ts'
import { dryRunOutput, installOutput, type Output } from '../ui/install-output.ts'
import { question } from '../ui/plan.ts'
import { runSteps } from '../ui/steps.ts'

export default class Install extends EdgekitCommand {
  static override summary = 'Make this machine an edge node, or prepare the cloud side, from a bundle'
  static override description =
    'Takes a bundle as it was unpacked, or packed (a .tar.gz or its parts), which is unpacked into /var/tmp for the time it takes. With --key, or with keys in /etc/edgekit/trusted-keys/*.pem, a bundle that none of them signed is refused before anything is touched.\n\nVerifies the bundle, imports the broker image, starts the broker, and when it answers, EdgeCore; then goes through a checklist. From a cloud bundle: imports and pins the images, puts keadm and the manifests in place, and says what to type next, or does it (--apply); it starts no broker. Running it again changes only what is not right yet.\n\nWhat fails is put back. After a power cut or a kill the same command finishes what was begun, and edgekit rollback undoes it.\n\n' +
    exitCodeHelp('install')
  static override examples = [
    'sudo ./edgekit install',
    'sudo edgekit install /media/usb/kubeedge-edge-v1.22.0-amd64.tar.gz',
    'sudo ./edgekit install --apply --advertise-address 192.0.2.10',
  ]
  static override args = {
    bundle: Args.string({
      // Stdin is for a token, and nothing else may read it.
      ignoreStdin: true,
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
    'dry-run': Flags.boolean({ description: 'change nothing; show each change and a diff of each file' }),
    config: Flags.string({ helpValue: 'FILE', description: 'answers: these flags, in a YAML file' }),
    yes: Flags.boolean({ char: 'y', description: 'do not ask before the first change' }),
    settle: Flags.string({
      helpValue: 'TIME',
      default: '60s',
      description: 'upgrade: how long the new EdgeCore has to stay up, or the old one comes back',
    }),
    ...nodeFlags,
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
    const bundle = resolve(args.bundle ?? resolve(process.execPath, '../..'))
    const { text, data } = await runInstall(bundle, flags, {
      edgekitVersion: this.config.version,
      silent: this.jsonEnabled(),
      say: text => this.say(text),
    })
    this.say(text)
    return data
  }
}

interface InstallCommand {
  edgekitVersion: string
  /** Nothing but the result is to be said. */
  silent: boolean
  say: (text: string) => void
}

/** Open the bundle at a path and install it. Throws EdgekitError; what preflight found is printed before. */
async function runInstall(
  path: string,
  flags: Interfaces.InferredFlags<typeof Install.flags>,
  { edgekitVersion, silent, say }: InstallCommand,
): Promise<Output> {
  const node = localNode()
  const located = locateBundle(path, node.files)
  const keys = [...(await readKeys(flags.key ?? [])), ...(await trustedKeys(node.files))]
  const asked = askedBy(flags, flags.config === undefined ? {} : await answersIn(flags.config, node.files))
  for (const id of asked.ignore ?? []) checkNamed(id)
  const settleMs = parseDuration(flags.settle, '--settle')
  const request = {
    node,
    asked,
    token: await tokenFor(asked, node.files, readStdin),
    runSteps: (steps: readonly Step[]) => runSteps(steps, { silent }),
    cloud: {
      apply: flags.apply,
      advertiseAddress: flags['advertise-address'],
      kubeconfig: flags.kubeconfig,
    },
  }
  const mayAsk = isInteractive() && !silent && !flags.yes && !asked.yes
  try {
    return await interruptible(async signal => {
      await using bundle = await located.open(keys)
      if (flags['dry-run']) return dryRunOutput(await dryRun({ ...request, bundle }))
      const result = await install({
        ...request,
        bundle,
        signal,
        rollBackOnFailure: flags.rollback,
        edgekitVersion,
        confirm: mayAsk ? plan => confirm(question(plan), signal) : undefined,
        stableForMs: settleMs,
      })
      if (!result.passed) process.exitCode = exitCodes.checklistFailed
      return installOutput(result)
    })
  } catch (error) {
    if (error instanceof PreflightRefusal) say(`\n${formatFindings(error.findings)}\n`)
    throw error
  }
}
