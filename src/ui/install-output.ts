import type { UnpackedBundle } from '../bundle/bundle.ts'
import type { DryRun } from '../install/dry-run.ts'
import type { InstallResult } from '../install/install.ts'
import { formatCloudCommands } from './cloud-commands.ts'
import { formatEach, formatFindings } from './findings.ts'
import type { InstallOutput } from './json/install.ts'
import { formatPlan } from './plan.ts'
import { wrap } from './text.ts'

/** What a command says: to a person, and as data with --json. */
export interface Output {
  text: string
  data: InstallOutput
}

const identity = ({ manifest: { name, kubeedgeVersion, arch } }: UnpackedBundle) => ({
  name,
  kubeedgeVersion,
  arch,
})

const noted = (notes: readonly string[]): string[] => notes.map(note => wrap(`Note: ${note}.`))

export const dryRunOutput = ({ bundle, choices, plan, findings, notes }: DryRun): Output => ({
  text: ['', formatEach(findings), ...noted(notes), formatPlan(plan)]
    .filter((line, at) => at === 0 || line)
    .join('\n'),
  data: {
    schemaVersion: 1,
    dryRun: true,
    bundle: identity(bundle),
    options: { ...choices },
    plan,
    findings,
    notes,
  },
})

const toJoin =
  'EdgeCore is prepared and waits. To join it to its cloud:\n  ./edgekit install --no-stage --cloudcore HOST:10000 --token-file FILE'

export function installOutput(result: InstallResult): Output {
  const { bundle, done, kept, checklist, passed, findings, notes, next, staged } = result
  const works = bundle.manifest.role === 'edge' ? 'This node works.' : 'Everything of the bundle is in place.'
  const lines = [
    done.length === 0 ? '\nNothing to do: this node is already as the bundle says.\n' : '',
    ...(findings.length > 0 ? [formatEach(findings)] : []),
    ...kept.map(id => wrap(`Stays as it is, whoever it is from: ${id}`)),
    ...noted(notes),
    formatFindings(checklist),
    passed
      ? `\n${works} Look at it at any time with: edgekit doctor`
      : '\nInstalled, but not all is well: see above.',
    ...(staged ? [`\n${toJoin}`] : []),
    ...(next ? [formatCloudCommands(next)] : []),
  ]
  return {
    text: lines.join('\n'),
    data: {
      schemaVersion: 1,
      bundle: identity(bundle),
      done,
      kept,
      findings,
      notes,
      checklist,
      ...(next && { next }),
    },
  }
}
