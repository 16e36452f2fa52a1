import type { UnpackedBundle } from '../bundle/bundle.ts'
import type { Join } from '../install/apply/wait-for-join.ts'
import type { InstallResult } from '../install/install.ts'
import type { DryRun } from '../install/look-and-decide.ts'
import { formatCloudCommands } from './cloud-commands.ts'
import { formatEach, formatFindings } from './findings.ts'
import type { InstallOutput } from './json/install.ts'
import { formatPlan, keptLine, noteLines, upToDate } from './plan.ts'
import { wrap } from './text.ts'

/** The output of a command: as text, and as data for `--json`. */
export interface Output {
  text: string
  data: InstallOutput
}

const identity = ({ manifest: { name, kubeedgeVersion, arch } }: UnpackedBundle) => ({
  name,
  kubeedgeVersion,
  arch,
})

export const dryRunOutput = (
  bundle: UnpackedBundle,
  { settings, plan, findings, notes }: DryRun,
  options: { diff: boolean },
): Output => ({
  text: ['', formatEach(findings), ...noteLines(notes), formatPlan(plan, options)]
    .filter((line, at) => at === 0 || line)
    .join('\n'),
  data: {
    schemaVersion: 1,
    dryRun: true,
    bundle: identity(bundle),
    options: { ...settings },
    plan,
    findings,
    notes,
  },
})

const toJoin =
  'EdgeCore is prepared but not started. Join the node:\n  ./edgekit install --no-stage --cloudcore HOST:10000 --token-file FILE'

function problems(join: Join | undefined): string {
  if (!join?.cause) return wrap('\nInstalled, but the checklist found problems; see above.')
  const { text, remedy, commands = [] } = join.cause
  return [
    `\n${wrap(`Installed, but this node has not joined its cloud: ${text}.`)}`,
    ...(join.line === undefined ? [] : [wrap(`| ${join.line}`)]),
    wrap(remedy),
    ...commands.map(command => `  ${command}`),
  ].join('\n')
}

export function installOutput(bundle: UnpackedBundle, result: InstallResult): Output {
  const { done, kept, checklist, passed, join, findings, notes, next, staged } = result
  const works = bundle.manifest.role === 'edge' ? 'This node works.' : 'The bundle is installed.'
  const lines = [
    done.length === 0 ? `\n${upToDate}\n` : '',
    ...(findings.length > 0 ? [formatEach(findings)] : []),
    ...kept.map(keptLine),
    ...noteLines(notes),
    formatFindings(checklist.filter(({ id }) => !(join?.cause && id === 'edgecore-cloud'))),
    passed
      ? `\n${join?.joined ? 'This node has joined its cloud.\n' : ''}${works} Check it at any time: edgekit doctor`
      : problems(join),
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
      ...(join && { join }),
      ...(next && { next }),
    },
  }
}
