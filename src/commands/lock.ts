import { Args, Flags } from '@oclif/core'
import { chosenDefinition } from '../build/definition/choose.ts'
import { defaultDefinitions } from '../build/definition/definition-chain.ts'
import { makeLock } from '../build/fetch/make-lock.ts'
import { lockDigest } from '../build/lock/lock.ts'
import { lockPath, writeLockFile } from '../build/lock/lock-file.ts'
import { EdgekitCommand } from '../cli/command.ts'
import { allowOutsideFlag } from '../cli/flags/allow-outside.ts'
import { imageAccess, imageFlags } from '../cli/flags/images.ts'
import { interruptible } from '../cli/interrupt.ts'
import { requireOutputFile } from '../lib/files/output-file.ts'
import { plural } from '../lib/format.ts'
import type { LockOutput } from '../ui/json/lock.ts'

export default class LockCommand extends EdgekitCommand {
  static override summary = 'Pin every input of a bundle definition'
  static override description =
    'Resolves every image tag to its digest for each architecture, and every other file to its SHA-256 and size, and writes them to edgekit.lock beside the definition. edgekit bundle then uses exactly these, until you run edgekit lock again.'
  static override examples = ['edgekit lock edge', 'edgekit lock -f my.yaml']
  static override args = {
    role: Args.string({
      options: defaultDefinitions,
      description: 'use the default definition for this role',
    }),
  }
  static override flags = {
    file: Flags.string({ char: 'f', helpValue: 'FILE', description: 'use your own bundle definition' }),
    'allow-outside': allowOutsideFlag,
    output: Flags.string({
      char: 'o',
      helpValue: 'FILE',
      description: 'file to write (default: edgekit.lock beside the definition)',
    }),
    ...imageFlags,
  }

  async run(): Promise<LockOutput> {
    const { args, flags } = await this.parse(LockCommand)
    const definition = await chosenDefinition(args.role, flags.file, {
      allowOutside: flags['allow-outside'],
    })
    const path = flags.output ?? lockPath(definition)
    await requireOutputFile(path)
    const access = await imageAccess(flags, definition.mirrors)
    const lock = await interruptible(signal =>
      makeLock({
        definition,
        architectures: definition.architectures,
        images: access,
        signal,
      }),
    )
    await writeLockFile(path, lock)
    const [images, files] = [Object.keys(lock.images).length, Object.keys(lock.files).length]
    this.say(
      `${path}: ${plural(images, 'image')} and ${plural(files, 'other file')} pinned for ${definition.architectures.join(' and ')}`,
    )
    return { schemaVersion: 1, path, lockDigest: lockDigest(lock), lock }
  }
}
