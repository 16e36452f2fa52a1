import type { Interfaces } from '@oclif/core'
import { readKeys } from '../bundle/keys.ts'
import { locateBundle } from '../bundle/locate.ts'
import { checkNamed } from '../doctor/select.ts'
import { exitCodes } from '../errors.ts'
import { answersIn, askedBy, tokenFor } from '../install/asked.ts'
import { dryRun } from '../install/dry-run.ts'
import { install } from '../install/install.ts'
import { PreflightRefusal } from '../install/prepare.ts'
import { trustedKeys } from '../install/trusted-keys.ts'
import { localNode } from '../node/node.ts'
import type { Step } from '../step.ts'
import { confirm, isInteractive } from '../ui/confirm.ts'
import { parseDuration } from '../ui/duration.ts'
import { formatFindings } from '../ui/findings.ts'
import { dryRunOutput, installOutput, type Output } from '../ui/install-output.ts'
import { interruptible } from '../ui/interrupt.ts'
import { question } from '../ui/plan.ts'
import { readStdin } from '../ui/stdin.ts'
import { runSteps } from '../ui/steps.ts'
import type Install from './install.ts'

interface InstallCommand {
  edgekitVersion: string
  /** Nothing but the result is to be said. */
  silent: boolean
  say: (text: string) => void
}

/**
 * What `edgekit install` does with the bundle at a path. All that an install is made of is loaded with this file, which is
 * no command of its own (`globPatterns` in package.json). Throws EdgekitError; what preflight found is said before.
 */
export async function runInstall(
  path: string,
  flags: Interfaces.InferredFlags<typeof Install.flags>,
  { edgekitVersion, silent, say }: InstallCommand,
): Promise<Output> {
  const { directory, packed } = locateBundle(path)
  const node = localNode()
  const keys = [...(await readKeys(flags.key ?? [])), ...(await trustedKeys(node.files))]
  const asked = askedBy(flags, flags.config === undefined ? {} : await answersIn(flags.config, node.files))
  for (const id of asked.ignore ?? []) checkNamed(id)
  const settleMs = parseDuration(flags.settle, '--settle')
  const request = {
    node,
    keys,
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
  const withBundle = async (work: (directory: string) => Promise<Output>): Promise<Output> => {
    if (directory !== undefined) return await work(directory)
    // Most bundles are unpacked, and tar and gzip take 5 ms to load.
    const { withUnpacked } = await import('../bundle/unpack.ts')
    return await withUnpacked(packed, keys, work)
  }
  try {
    return await interruptible(signal =>
      withBundle(async directory => {
        if (flags['dry-run']) return dryRunOutput(await dryRun({ ...request, directory }))
        const result = await install({
          ...request,
          directory,
          signal,
          rollBackOnFailure: flags.rollback,
          edgekitVersion,
          confirm: mayAsk ? plan => confirm(question(plan), signal) : undefined,
          settleMs,
        })
        if (!result.passed) process.exitCode = exitCodes.checklistFailed
        return installOutput(result)
      }),
    )
  } catch (error) {
    if (error instanceof PreflightRefusal) say(`\n${formatFindings(error.findings)}\n`)
    throw error
  }
}
