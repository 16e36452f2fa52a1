import { resolve } from 'node:path'
import { Args, Flags } from '@oclif/core'
import { EdgekitCommand } from '../../cli/command.ts'
import { parseAssignments } from '../../edgecore/config/assignments.ts'
import { patchEdgecoreConfig } from '../../edgecore/config/config.ts'
import { eventBusValues } from '../../edgecore/config/event-bus.ts'
import { withoutSecrets } from '../../edgecore/config/secret-values.ts'
import { EdgekitError } from '../../lib/errors.ts'
import { exitCodeHelp, patchExitCodes } from '../../lib/exit-codes.ts'
import { plural, shellWord } from '../../lib/format.ts'
import { unifiedDiff } from '../../lib/unified-diff.ts'
import { type Files, localFiles } from '../../node/files.ts'
import { paths } from '../../node/paths.ts'
import type { EdgecorePatchOutput } from '../../ui/json/edgecore.ts'

export default class EdgecorePatch extends EdgekitCommand {
  static override keepsExitCode = true
  static override summary = 'Point the EventBus of an edgecore.yaml at the broker of its node'
  static override description =
    'Sets modules.eventBus (enable, mqttMode 2, mqttServerExternal, mqttServerInternal) and modules.deviceTwin.enable by value, and the keys of --set. Comments, order, quoting and all other keys are kept. A file that cannot be edited safely is refused, with line and column.\n\n' +
    exitCodeHelp('patch')
  static override examples = [
    'edgekit edgecore patch /etc/kubeedge/config/edgecore.yaml',
    'edgekit edgecore patch edgecore.yaml --check --diff',
    'edgekit edgecore patch edgecore.yaml --set modules.edgeHub.heartbeat=20',
  ]
  static override args = {
    file: Args.string({
      description: 'the EdgeCore configuration',
      default: paths.edgecoreConfig,
    }),
  }
  static override flags = {
    check: Flags.boolean({ description: 'change nothing; exit with 3 if something would change' }),
    diff: Flags.boolean({ description: 'change nothing; print the changes as a unified diff' }),
    set: Flags.string({
      multiple: true,
      helpValue: 'KEY=VALUE',
      description: 'another key to set; write a dot inside a key as \\.',
    }),
    force: Flags.string({
      multiple: true,
      helpValue: 'NAME',
      description: 'set this key although no EdgeCore known to edgekit reads it',
    }),
  }

  async run(): Promise<EdgecorePatchOutput> {
    const { args, flags } = await this.parse(EdgecorePatch)
    const values = { ...eventBusValues, ...assigned(flags.set, flags.force) }
    const files = localFiles()
    const path = resolve(args.file)
    const { before, access } = await open(path, files)
    const { text, changed } = patchEdgecoreConfig(before, values, path)
    const writes = changed.length > 0 && !flags.check && !flags.diff
    if (writes) await files.write(path, { text }, access)
    if (flags.check && changed.length > 0) process.exitCode = patchExitCodes.refused
    const shown = withoutSecrets(before, text)
    const diff = changed.length === 0 ? '' : unifiedDiff(path, shown.before, shown.after)
    if (flags.diff) this.say(diff.trimEnd())
    else if (changed.length === 0) this.say(`${path}: nothing to change`)
    else this.say(`${path}: ${plural(changed.length, 'key')} ${writes ? 'set' : 'would be set'}`)
    if (!flags.diff) {
      for (const { path: key, before: was, after } of changed)
        this.say(
          `  ${key}: ${was === undefined ? 'not set' : JSON.stringify(was)} -> ${JSON.stringify(after)}`,
        )
    }
    if (writes) this.say('Restart EdgeCore to apply it:\n  systemctl restart edgecore')
    return { schemaVersion: 1, file: path, written: writes, changed, diff }
  }
}

function assigned(set: readonly string[] = [], force: readonly string[] = []) {
  const values = parseAssignments(set, force)
  const idle = force.find(key => !(key in values))
  if (idle === undefined) return values
  throw new EdgekitError(`cannot use --force ${idle}: no --set names this key`, {
    code: 'invalid-usage',
    remedy: `Set it as well:\n  --set '${idle}=VALUE' --force='${idle}'`,
  })
}

async function open(path: string, files: Files) {
  const found = await files.status(path)
  if (!found) {
    throw new EdgekitError(`cannot read ${path}: no such file`, {
      code: 'file-unreadable',
      remedy: 'Name the file that EdgeCore reads. Show it (--config) with:\n  systemctl cat edgecore',
    })
  }
  if (found.kind === 'symlink') {
    const target = resolve(path, '..', await files.linkTarget(path))
    throw new EdgekitError(`cannot edit ${path}: it is a link to ${target}`, {
      code: 'not-a-regular-file',
      remedy: `Name the target instead:\n  edgekit edgecore patch ${shellWord(target)}`,
    })
  }
  if (found.kind !== 'file')
    throw new EdgekitError(`cannot edit ${path}: not a regular file`, { code: 'not-a-regular-file' })
  return { before: (await files.read(path)) ?? '', access: found }
}
