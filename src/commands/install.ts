import { resolve } from 'node:path'
import { Args, Flags, type Interfaces } from '@oclif/core'
import { readKeys } from '../bundle/keys.ts'
import { locateBundle, locateOwnBundle } from '../bundle/locate.ts'
import { trustedKeys } from '../bundle/trusted-keys.ts'
import { EdgekitCommand } from '../cli/command.ts'
import { confirm, isInteractive } from '../cli/confirm.ts'
import { nodeFlags } from '../cli/flags/edge-node.ts'
import { planFlags } from '../cli/flags/plan.ts'
import { interruptible } from '../cli/interrupt.ts'
import { parseDuration } from '../cli/quantities/duration.ts'
import { requireRoot } from '../cli/require-root.ts'
import { readStdin } from '../cli/stdin.ts'
import { checkNamed } from '../doctor/select.ts'
import { install } from '../install/install.ts'
import { dryRun, type InstallRequest, requireUsableFlags } from '../install/look-and-decide.ts'
import { PreflightRefusal } from '../install/preflight.ts'
import { readPast } from '../install/record/past.ts'
import { type InstallFlags, installFlags } from '../install/request/install-flags.ts'
import { readTokenFile } from '../install/request/read-token.ts'
import { requireFile } from '../install/request/require-text.ts'
import { exitCodeHelp, exitCodes } from '../lib/exit-codes.ts'
import type { Files } from '../node/files.ts'
import { localNode } from '../node/node.ts'
import { formatFindings } from '../ui/findings.ts'
import { dryRunOutput, installOutput, type Output } from '../ui/install-output.ts'
import { question } from '../ui/plan.ts'
import { stepRunner } from '../ui/steps.ts'

const maxTokenBytes = 65_536

export default class Install extends EdgekitCommand {
  static override keepsExitCode = true
  static override summary = 'Install an edge node, or prepare the cloud side, from a bundle'
  static override description =
    'Takes an unpacked bundle, or a packed one (a .tar.gz or its parts), which is unpacked in /var/tmp for the duration. With --key, or with keys in /etc/edgekit/trusted-keys/*.pem, a bundle that none of them signed is refused before anything is changed.\n\nFrom an edge bundle: verifies the bundle, imports the images, starts the broker and then EdgeCore, and runs a checklist. From a cloud bundle: imports and pins the images, installs keadm and the manifests, and prints what to run next, or runs it (--apply); it starts no broker. Running it again changes only what is not right yet.\n\nA failed install is rolled back. After a power cut or a kill, run the same command again to finish, or edgekit rollback.\n\n' +
    exitCodeHelp('install')
  static override examples = [
    'sudo ./edgekit install',
    'sudo edgekit install /media/usb/kubeedge-edge-v1.22.0-amd64.tar.gz',
    'sudo ./edgekit install --apply --advertise-address 192.0.2.10',
  ]
  static override args = {
    bundle: Args.string({
      description: 'a bundle, packed or unpacked (default: the one this edgekit is in)',
    }),
  }
  static override flags = {
    key: Flags.string({
      multiple: true,
      helpValue: 'PUB',
      description:
        'require a signature by this public key (PEM), or by one of several; trusted keys then do not count',
    }),
    rollback: Flags.boolean({
      allowNo: true,
      default: true,
      description: 'roll back on failure; --no-rollback keeps the changes for inspection',
    }),
    ...planFlags,
    config: Flags.string({ helpValue: 'FILE', description: 'read flags from an answers file (YAML)' }),
    'stable-for': Flags.string({
      helpValue: '60s',
      default: '60s',
      description: 'upgrade: roll back unless the new EdgeCore stays up for this time',
    }),
    ...nodeFlags,
    apply: Flags.boolean({ description: 'cloud bundle: run keadm init and wait for CloudCore' }),
    'advertise-address': Flags.string({
      helpValue: 'IP[,IP]',
      description: 'cloud bundle: addresses at which edge nodes reach this machine',
    }),
    kubeconfig: Flags.string({
      helpValue: 'FILE',
      description: 'cloud bundle: kubeconfig of the cluster (default: that of kubectl, kubeadm or k3s)',
    }),
  }

  /** Whether the command requires an earlier install. */
  protected readonly upgradeOnly: boolean = false

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Install)
    try {
      const { text, data } = await this.#install(args.bundle, flags)
      this.say(text)
      return data
    } catch (error) {
      if (error instanceof PreflightRefusal) this.say(`\n${formatFindings(error.findings)}\n`)
      throw error
    }
  }

  async #install(
    bundle: string | undefined,
    commandLine: Interfaces.InferredFlags<typeof Install.flags>,
  ): Promise<Output> {
    const stableForMs = parseDuration(commandLine['stable-for'], '--stable-for')
    const node = localNode()
    const located =
      bundle === undefined ? locateOwnBundle(node.files) : locateBundle(resolve(bundle), node.files)
    const keys = commandLine.key ? await readKeys(commandLine.key) : await trustedKeys(node.files)
    const flags = installFlags(
      commandLine,
      await answersIn(commandLine.config, node.files, commandLine.force),
    )
    for (const id of flags.ignore ?? []) checkNamed(id)
    const token = await readTokenFile(flags, node.files, async () => String(await readStdin(maxTokenBytes)))
    const files = { '--edgecore-config': flags.edgecoreConfig, '--kubeconfig': commandLine.kubeconfig }
    for (const [flag, file] of Object.entries(files))
      if (file !== undefined) await requireFile(resolve(file), flag, node.files)
    const silent = this.jsonEnabled()
    // With --json, the findings of the preflight checks show it.
    if (!silent) requireRoot(this.id ?? 'install')
    requireUsableFlags(flags, await readPast(node.files), this.upgradeOnly)
    const request: Omit<InstallRequest, 'bundle'> = {
      node,
      flags,
      upgradeOnly: this.upgradeOnly,
      token,
      runStep: stepRunner({ silent }),
      cloud: {
        apply: commandLine.apply,
        advertiseAddress: commandLine['advertise-address'],
        kubeconfig: commandLine.kubeconfig,
      },
    }
    const mayAsk = isInteractive() && !flags.yes
    return await interruptible(async signal => {
      await using bundle = await located.open(keys)
      if (commandLine['dry-run'])
        return dryRunOutput(bundle, await dryRun({ ...request, bundle }), commandLine)
      const result = await install({
        ...request,
        bundle,
        signal,
        rollBackOnFailure: commandLine.rollback,
        edgekitVersion: this.config.version,
        confirm: mayAsk ? (plan, notes) => confirm(question(plan, notes), signal) : undefined,
        stableForMs,
      })
      if (!result.passed) process.exitCode = exitCodes.checklistFailed
      return installOutput(bundle, result)
    })
  }
}

async function answersIn(
  file: string | undefined,
  files: Files,
  force: readonly string[] | undefined,
): Promise<InstallFlags> {
  if (file === undefined) return {}
  // The only part of an install that needs the large build of zod.
  const { readAnswersFile } = await import('../install/request/answers.ts')
  return readAnswersFile(file, files, force)
}
