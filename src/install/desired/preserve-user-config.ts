import type { EdgecoreConfigSpec } from '../../actions/files/edgecore-config.ts'
import type { FileSpec } from '../../actions/files/file.ts'
import { readKeys } from '../../edgecore/config/config.ts'
import type { Node } from '../../node/node.ts'
import { paths } from '../../node/paths.ts'
import type { Receipt, ReceiptItem } from '../record/receipt.ts'
import type { Desired } from './desired-edge.ts'
import type { DesiredStep } from './step-makers.ts'

/** Files users are expected to edit. */
const configurations: readonly string[] = [paths.brokerConfig, paths.containerdConfig]

interface Context {
  /** Another bundle is installed. */
  isUpgrade: boolean
  /** Keys given with `--set` right now. */
  explicitlySet: readonly string[]
  /** Paths given with `--force` right now. */
  force: readonly string[]
}

/**
 * Keeps configuration the user has changed since the last install, as dpkg does with conffiles: a file only edgekit has
 * changed is replaced, one only the user has changed stays, and if both have, edgekit's is written beside it. Keys of
 * edgecore.yaml are treated one by one, and only in an upgrade: installing the same bundle again resets them.
 */
export async function preserveUserConfig(
  desired: readonly DesiredStep[],
  receipt: Receipt | undefined,
  context: Context,
  node: Node,
): Promise<Desired> {
  const result: Desired = { steps: [], notes: [] }
  for (const step of desired) {
    const item = receipt?.items.find(({ id, kind }) => id === step.id && kind === step.kind)
    const { steps, notes } =
      item && step.kind === 'file' && isUserConfig(step.spec.path, context)
        ? await preserveFile(step, item.spec as FileSpec, node)
        : item && step.kind === 'edgecore-config'
          ? await preserveKeys(step, item, context, node)
          : { steps: [step], notes: [] }
    result.steps.push(...steps)
    result.notes.push(...notes)
  }
  return result
}

const isUserConfig = (path: string, { force }: Context): boolean =>
  configurations.includes(path) && !force.includes(path)

async function preserveFile(
  step: DesiredStep & { kind: 'file' },
  shipped: FileSpec,
  { files }: Node,
): Promise<Desired> {
  const { path, sha256 } = step.spec
  const isFile = (await files.status(path))?.kind === 'file'
  const actual = isFile ? await files.sha256(path) : undefined
  if (actual === undefined || actual === shipped.sha256 || actual === sha256)
    return { steps: [step], notes: [] }
  const preserved = { ...step, spec: { ...step.spec, userOwned: true as const } }
  if (shipped.sha256 === sha256) return { steps: [preserved], notes: [] }
  const beside = `${path}.edgekit-new`
  return {
    steps: [preserved, { ...step, id: beside, spec: { ...step.spec, path: beside, ours: true } }],
    notes: [`${path} keeps your changes; the new version is in ${beside}`],
  }
}

async function preserveKeys(
  step: DesiredStep & { kind: 'edgecore-config' },
  item: ReceiptItem,
  { isUpgrade, explicitlySet }: Context,
  { files }: Node,
): Promise<Desired> {
  const shipped = item.spec as EdgecoreConfigSpec
  const text = await files.read(step.spec.path)
  const actualOf = readKeys(text ?? '')
  const isUserOwned = ([key, value]: [string, unknown]): boolean => {
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
  const entries = Object.entries(step.spec.values)
  const preserved = entries.filter(isUserOwned)
  if (preserved.length === 0) return { steps: [step], notes: [] }
  const values = Object.fromEntries(entries.filter(entry => !isUserOwned(entry)))
  const userOwned = preserved.map(([key]) => key)
  return {
    steps: [{ ...step, spec: { ...step.spec, values, userOwned } }],
    notes: preserved.map(
      ([key, value]) =>
        `${key} in ${step.spec.path} keeps your value ${JSON.stringify(actualOf(key))}; edgekit would set ${JSON.stringify(value)}`,
    ),
  }
}
