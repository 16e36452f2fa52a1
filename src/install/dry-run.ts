import type { UnpackedBundle } from '../bundle/bundle.ts'
import type { Node } from '../node/node.ts'
import { paths } from '../node/paths.ts'
import { type CloudFlags, cloudOptions } from './cloud/cloud-side.ts'
import type { Past } from './plan/plan.ts'
import { type PlanReport, reportPlan } from './plan/plan-report.ts'
import { type InstallRequest, type Prepared, prepare } from './prepare.ts'
import { readHistory } from './record/journal.ts'
import { readReceipt } from './record/receipt.ts'
import { verifying } from './verification.ts'

export interface DryRun extends Pick<Prepared, 'choices' | 'findings' | 'notes'> {
  bundle: UnpackedBundle
  plan: PlanReport
}

/**
 * What an install would do now: it only looks, and takes no lock. Throws EdgekitError where an install would refuse.
 */
export async function dryRun(request: InstallRequest & { cloud: CloudFlags }): Promise<DryRun> {
  const { bundle, node, cloud } = request
  await cloudOptions(bundle.manifest, cloud, node)
  using verification = verifying(bundle, node)
  const past = await pastOf(node)
  const { choices, findings, notes, plan } = await prepare(request, past, verification)
  return { bundle, choices, findings, notes, plan: await reportPlan(plan, node) }
}

/** What was done before, without tidying up after it. */
async function pastOf({ files }: Node): Promise<Past> {
  const receipt = await readReceipt(files)
  const text = await files.read(paths.journal)
  const { history } = text === undefined ? { history: undefined } : readHistory(text, paths.journal)
  return { receipt, history: history?.run === receipt?.run ? undefined : history }
}
