import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Args, Flags } from '@oclif/core'
import { checks } from '../checks/index.ts'
import { EdgekitCommand } from '../cli/command.ts'
import { interruptible } from '../cli/interrupt.ts'
import { isOutputClosed } from '../cli/output-streams.ts'
import { parseDuration } from '../cli/quantities/duration.ts'
import { readNamedFile } from '../cli/read-named-file.ts'
import { diagnose } from '../doctor/diagnose.ts'
import { explainCheck } from '../doctor/explain-check.ts'
import type { Report } from '../doctor/report-schema.ts'
import type { SavedFacts } from '../doctor/saved-facts.ts'
import { knownTags, type Selection, selectChecks } from '../doctor/select.ts'
import { collectFacts } from '../facts/index.ts'
import { drift } from '../install/drift.ts'
import { EdgekitError } from '../lib/errors.ts'
import { exitCodeHelp } from '../lib/exit-codes.ts'
import { requireOutputFile } from '../lib/files/output-file.ts'
import { shortTime } from '../lib/format.ts'
import { localNode } from '../node/node.ts'
import { formatExplanation } from '../ui/explanation.ts'
import type { DoctorExplainOutput, DoctorListOutput } from '../ui/json/doctor.ts'
import { plainText, print } from '../ui/print.ts'
import { formatNames, formats } from '../ui/report/formats.ts'
import { formatReport } from '../ui/report/report.ts'
import { formatChanges } from '../ui/report/watch.ts'
import { formatSaved } from '../ui/support.ts'
import { formatGroupedList, wrap } from '../ui/text.ts'

const watchEveryMs = 5_000

// Modules that only some runs need are imported on demand: loading is half of the run time.
export default class Doctor extends EdgekitCommand {
  static override keepsExitCode = '--fix' as const
  static override summary = 'Diagnose this node: what is wrong, why, and how to fix it'
  static override description =
    'Checks the machine, containerd, the broker and EdgeCore, and sends a message through the broker. Changes nothing and needs no network. The report starts with the cause: the failure that no other failure explains.\n\n' +
    exitCodeHelp('doctor')
  static override examples = [
    'sudo edgekit doctor',
    'sudo edgekit doctor broker-round-trip',
    'sudo edgekit doctor broker',
    'edgekit doctor --explain broker-round-trip',
    'sudo edgekit doctor --output junit --report doctor.xml',
    'sudo edgekit doctor --fix',
    'sudo edgekit doctor --collect support.tar.gz',
    'edgekit doctor --from support.tar.gz',
    'sudo edgekit doctor --output prometheus --report /run/edgekit.prom',
  ]
  static override args = {
    check: Args.string({
      multiple: true,
      description: 'run only these checks, or those of these groups, and what they need',
    }),
  }
  static override flags = {
    tag: Flags.option({
      options: knownTags,
      default: 'doctor' as const,
      description: 'run the checks with this tag',
    })(),
    ignore: Flags.string({
      multiple: true,
      helpValue: 'CHECK',
      description: 'only warn when this check fails; can be repeated',
    }),
    list: Flags.boolean({
      exclusive: ['explain', 'watch'],
      description: 'list all checks without running them',
    }),
    explain: Flags.string({
      helpValue: 'CHECK',
      exclusive: ['watch'],
      description: 'explain a check',
    }),
    watch: Flags.boolean({
      exclusive: ['report'],
      description: 'check again every 5 s and print changes, until Ctrl-C',
    }),
    timeout: Flags.string({ helpValue: '10s', description: 'time limit for collecting each fact' }),
    strict: Flags.boolean({ description: 'exit with 4 on warnings' }),
    output: Flags.option({
      options: formatNames,
      default: 'text' as const,
      description: 'format of the report',
    })(),
    collect: Flags.string({
      helpValue: 'FILE',
      exclusive: ['from', 'watch'],
      description:
        'also write a support archive (.tar.gz) with facts, report, logs and configuration, secrets masked',
    }),
    from: Flags.string({
      helpValue: 'FILE',
      exclusive: ['watch'],
      description: 'check the facts in a support archive, packed or unpacked, instead of this node',
    }),
    fix: Flags.boolean({
      exclusive: ['from', 'collect', 'watch'],
      description: 'fix what can be fixed safely, after confirmation, then check again',
    }),
    yes: Flags.boolean({ char: 'y', dependsOn: ['fix'], description: 'do not ask for confirmation' }),
    report: Flags.string({
      helpValue: 'FILE',
      description: 'write the report to this file in the format of --output, and as text to the terminal',
    }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Doctor)
    const { explain, list, from, collect, report: file, tag, ignore = [] } = flags
    if (explain !== undefined) return this.explain(explain)
    if (list) return this.list()
    const format = this.jsonEnabled() ? 'json' : flags.output
    if (flags.watch && format !== 'text') throw onlyText()
    const maxTimeoutMs = flags.timeout === undefined ? undefined : parseDuration(flags.timeout, '--timeout')
    const selection = selectChecks(args.check ?? [], { tag, ignored: ignore })
    for (const output of [collect, file]) if (output !== undefined) await requireOutputFile(output)
    const load = (): Promise<SavedFacts> =>
      from === undefined ? this.collectFacts(maxTimeoutMs, selection) : openFacts(from)
    const toReport = ({ facts, at }: SavedFacts): Report =>
      diagnose(facts, { selection, strict: flags.strict, edgekit: this.config.version, at: new Date(at) })

    const each = selection.named
    const recheck = async (): Promise<Report> => toReport(await load())
    const saved = await load()
    const found = toReport(saved)
    const report = flags.fix ? await this.fix(found, saved, { each, yes: flags.yes, recheck }) : found
    process.exitCode = report.exitCode
    const origin = from === undefined ? '' : `${wrap(`From ${from}, collected ${shortTime(saved.at)}`)}\n`
    const text = `${origin}${formatReport(report, { each })}`
    if (file !== undefined) await writeReport(file, formats[format](report))
    this.say(format === 'text' || file !== undefined ? text : formats[format](report))
    if (collect !== undefined) {
      const reports = { 'report.txt': `${plainText(text)}\n`, 'report.json': report }
      const { saveSupport } = await import('../doctor/support/save.ts')
      const done = await saveSupport(localNode(), resolve(collect), saved, reports)
      print(`\n${formatSaved(done)}\n`, process.stderr)
    }
    return flags.watch ? this.watch(report, recheck) : report
  }

  private async collectFacts(maxTimeoutMs: number | undefined, { checks }: Selection): Promise<SavedFacts> {
    const at = new Date().toISOString()
    return {
      schemaVersion: 1,
      edgekit: this.config.version,
      at,
      facts: await collectFacts(localNode(), {
        drift,
        beforeInstall: checks.some(({ tags }) => !tags.includes('doctor') && tags.includes('preflight')),
        ...(maxTimeoutMs !== undefined && { maxTimeoutMs }),
      }),
    }
  }

  private async fix(
    found: Report,
    { facts }: SavedFacts,
    { each, yes, recheck }: { each: boolean; yes: boolean; recheck: () => Promise<Report> },
  ): Promise<Report> {
    const [{ fixNode, isHealthy }, { askToContinue }, { formatFixPlan }, { stepRunner }] = await Promise.all([
      import('../install/fix/fix.ts'),
      import('../cli/confirm.ts'),
      import('../ui/fixes.ts'),
      import('../ui/steps.ts'),
    ])
    const manifest = 'value' in facts.bundle ? facts.bundle.value : undefined
    const silent = this.jsonEnabled()
    const say = (text: string): void => print(`${text}\n`, process.stderr)
    if (isHealthy(found.checks)) {
      if (!silent) say('Nothing to fix.\n')
      return found
    }
    let isShown = silent
    return interruptible(
      signal =>
        fixNode(found, {
          node: localNode(),
          edgekitVersion: this.config.version,
          manifest,
          recheck,
          confirm: async plan => {
            if (plan.steps.length > 0 && !isShown) {
              say(`${formatReport(found, { each })}\n`)
              isShown = true
            }
            if (!silent || !yes) say(formatFixPlan(plan))
            return plan.steps.length > 0 && (yes || (await askToContinue(signal)))
          },
          runStep: stepRunner({ silent }),
          signal,
        }),
      'the current change has been completed',
    )
  }

  private explain(id: string): DoctorExplainOutput {
    const explanation = explainCheck(id)
    this.say(formatExplanation(explanation))
    return { schemaVersion: 1, ...explanation }
  }

  private list(): DoctorListOutput {
    this.say(formatGroupedList(checks))
    return {
      schemaVersion: 1,
      checks: checks.map(({ id, title, group, tags, needs = [] }) => ({ id, title, group, tags, needs })),
    }
  }

  private async watch(before: Report, recheck: () => Promise<Report>): Promise<Report> {
    while (!isOutputClosed()) {
      await sleep(watchEveryMs)
      const now = await recheck()
      const changes = formatChanges(before, now)
      if (changes !== undefined) this.say(`\n${changes}`)
      before = now
    }
    return before
  }
}

const onlyText = (): EdgekitError =>
  new EdgekitError('--watch prints text only', {
    code: 'invalid-usage',
    remedy: 'Remove --output and --json, or run edgekit doctor from a timer.',
  })

async function openFacts(path: string): Promise<SavedFacts> {
  const { factsFile, maxArchiveBytes, parseSavedFacts, readSavedFacts } = await import(
    '../doctor/saved-facts.ts'
  )
  const { files } = localNode()
  for (const directory of [path, join(path, 'edgekit-support')]) {
    const text = await files.read(join(directory, factsFile))
    if (text !== undefined) return parseSavedFacts(text, directory)
  }
  return readSavedFacts(await readNamedFile(path, maxArchiveBytes), path)
}

/** World-readable: report collectors rarely run as root. */
async function writeReport(path: string, text: string): Promise<void> {
  const { saveFile } = await import('../doctor/support/save.ts')
  await saveFile(localNode().files, resolve(path), Buffer.from(`${plainText(text)}\n`), 0o644)
}
