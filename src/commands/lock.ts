import { Args, Flags } from '@oclif/core'
import { chosenDefinition } from '../build/definition/choose.ts'
import { defaultDefinitions } from '../build/definition/definition-chain.ts'
import { makeLock } from '../build/fetch/make-lock.ts'
import { lockDigest } from '../build/lock/lock.ts'
import { lockPath, writeLockFile } from '../build/lock/lock-file.ts'
import { EdgekitCommand } from '../cli/command.ts'
import { imageAccess, imageFlags } from '../cli/flags/images.ts'
import { interruptible } from '../cli/interrupt.ts'
import { plural } from '../lib/format.ts'
import type { LockOutput } from '../ui/json/lock.ts'

export default class LockCommand extends EdgekitCommand {
  static override summary = 'Pin every input of a bundle definition'
  static override description =
    'Looks up the digest of every image tag for every architecture, and sha256 and size of every other file, and writes them to edgekit.lock beside the definition. edgekit bundle then takes exactly these, until edgekit lock runs again.'
  static override examples = ['edgekit lock edge', 'edgekit lock -f my.yaml']
  static override args = {
    role: Args.string({ options: defaultDefinitions, description: 'the default definition for this role' }),
  }
  static override flags = {
    file: Flags.string({ char: 'f', helpValue: 'FILE', description: 'a bundle definition of your own' }),
    output: Flags.string({
      char: 'o',
      helpValue: 'FILE',
      description: 'where to write it (default: edgekit.lock beside the definition)',
    }),
    ...imageFlags,
  }

  async run(): Promise<LockOutput> {
    const { args, flags } = await this.parse(LockCommand)
    const definition = await chosenDefinition(args.role, flags.file)
    const path = flags.output ?? lockPath(definition)
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
