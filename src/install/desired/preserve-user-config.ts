import type { EdgecoreConfigSpec } from '../../actions/files/edgecore-config.ts'
import type { FileSpec } from '../../actions/files/file.ts'
import { valuesIn } from '../../edgecore/config/config.ts'
import type { Node } from '../../node/node.ts'
import { paths } from '../../node/paths.ts'
import type { Receipt, ReceiptItem } from '../record/receipt.ts'
import type { DesiredStep } from './step-makers.ts'

/** Files that a person may well change. */
const configurations: readonly string[] = [paths.brokerConfig, paths.containerdConfig]

export interface PreservedConfig {
  steps: DesiredStep[]
  /** What stays as the user has made it, and what edgekit would have there, as lines. */
  notes: string[]
}

/**
 * What to do about configuration that has been changed since the last install (as dpkg does with its conffiles): what
 * only edgekit has changed is replaced, what only the user has changed stays, and where both have, the user's stays
 * and edgekit's comes beside it. The keys of edgecore.yaml are treated so one by one, and only by another bundle: the same
 * one once more sets right what is not. `explicitlySet`: keys that were asked for right now.
 */
export async function preserveUserConfig(
  desired: readonly DesiredStep[],
  receipt: Receipt | undefined,
  { isUpgrade, explicitlySet }: { isUpgrade: boolean; explicitlySet: readonly string[] },
  node: Node,
): Promise<PreservedConfig> {
  const result: PreservedConfig = { steps: [], notes: [] }
  for (const step of desired) {
    const item = receipt?.items.find(({ id, kind }) => id === step.id && kind === step.kind)
    if (item && step.kind === 'file' && configurations.includes(step.spec.path))
      await keepFile(step, item.spec as FileSpec, result, node)
    else if (item && step.kind === 'edgecore-config')
      await keepKeys(step, item, { isUpgrade, explicitlySet }, result, node)
    else result.steps.push(step)
  }
  return result
}

async function keepFile(
  step: DesiredStep & { kind: 'file' },
  shipped: FileSpec,
  { steps, notes }: PreservedConfig,
  { files }: Node,
): Promise<void> {
  const { path, sha256 } = step.spec
  const isFile = (await files.status(path))?.kind === 'file'
  const actual = isFile ? await files.sha256(path) : undefined
  if (actual === undefined || actual === shipped.sha256 || actual === sha256) {
    steps.push(step)
    return
  }
  steps.push({ ...step, spec: { ...step.spec, userOwned: true } })
  if (shipped.sha256 === sha256) return
  const beside = `${path}.edgekit-new`
  steps.push({ ...step, id: beside, spec: { ...step.spec, path: beside, ours: true } })
  notes.push(`${path} is as you have changed it; that of the new bundle is in ${beside}`)
}

async function keepKeys(
  step: DesiredStep & { kind: 'edgecore-config' },
  item: ReceiptItem,
  { isUpgrade, explicitlySet }: { isUpgrade: boolean; explicitlySet: readonly string[] },
  { steps, notes }: PreservedConfig,
  { files }: Node,
): Promise<void> {
  const shipped = item.spec as EdgecoreConfigSpec
  const text = await files.read(step.spec.path)
  const actualOf = valuesIn(text ?? '')
  const isTheirs = ([key, value]: [string, unknown]): boolean => {
    if (
      text === undefined ||
      explicitlySet.includes(key) ||
      !(key in shipped.values || shipped.userOwned?.includes(key))
    )
      return false
    const actual = actualOf(key)
    if (actual === value || actual === shipped.values[key]) return false
    return isUpgrade || (shipped.userOwned?.includes(key) ?? false)
  }
  const kept = Object.entries(step.spec.values).filter(isTheirs)
  const values = Object.fromEntries(Object.entries(step.spec.values).filter(entry => !isTheirs(entry)))
  const keys = kept.map(([key]) => key)
  steps.push(keys.length === 0 ? step : { ...step, spec: { ...step.spec, values, userOwned: keys } })
  for (const [key, value] of kept) {
    const now = JSON.stringify(actualOf(key))
    notes.push(
      `${key} in ${step.spec.path} is ${now}, as you have set it; edgekit would set ${JSON.stringify(value)}`,
    )
  }
}
