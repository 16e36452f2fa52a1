import { resolve } from 'node:path'
import { Args, Flags } from '@oclif/core'
import { buildBundles } from '../build/build.ts'
import { chosenArchitectures, chosenDefinition } from '../build/definition/choose.ts'
import { defaultDefinitions } from '../build/definition/definition-chain.ts'
import { lockPath, readLockFile } from '../build/lock/lock-file.ts'
import { signingKey } from '../build/pack/sign.ts'
import { EdgekitCommand } from '../cli/command.ts'
import { imageAccess, imageFlags } from '../cli/flags/images.ts'
import { interruptible } from '../cli/interrupt.ts'
import { parseSize } from '../cli/quantities/size.ts'
import type { BundleOutput } from '../ui/json/bundle.ts'
import { runSteps } from '../ui/steps.ts'

export default class Bundle extends EdgekitCommand {
  static override summary = 'Build offline packages'
  static override description =
    'Pulls the images that a bundle definition names, takes the programs from where it says, and writes one .tar.gz for each architecture that a node can be installed from without any network. When edgekit.lock lies beside the definition, everything is taken as it is pinned there.'
  static override examples = [
    'edgekit bundle edge -o dist',
    'edgekit bundle cloud --arch amd64 -o dist',
    'edgekit bundle -f my.yaml --arch arm64 --frozen',
    'edgekit bundle edge --registry-mirror docker.io=https://mirror.lan',
  ]
  static override args = {
    role: Args.string({ options: defaultDefinitions, description: 'the default definition for this role' }),
  }
  static override flags = {
    file: Flags.string({ char: 'f', helpValue: 'FILE', description: 'a bundle definition of your own' }),
    arch: Flags.option({
      options: ['amd64', 'arm64'] as const,
      multiple: true,
      delimiter: ',',
    })({ description: 'architectures of the nodes (default: all of the definition)' }),
    output: Flags.string({ char: 'o', default: '.', helpValue: 'DIR', description: 'directory to write to' }),
    lock: Flags.string({
      helpValue: 'FILE',
      description: 'the lock to use (default: edgekit.lock beside the definition, if it is there)',
    }),
    frozen: Flags.boolean({
      description: 'refuse when the lock is missing or does not match the definition',
    }),
    sign: Flags.string({
      helpValue: 'KEY',
      description:
        'private key (ECDSA P-256, PEM file) to sign with; default: the PEM in EDGEKIT_SIGNING_KEY, if set',
    }),
    split: Flags.string({
      helpValue: 'SIZE',
      description: 'write parts of at most SIZE (k, M, G), such as 3900M for a FAT32 stick',
    }),
    ...imageFlags,
  }

  async run(): Promise<BundleOutput> {
    const { args, flags } = await this.parse(Bundle)
    const silent = this.jsonEnabled()
    const definition = await chosenDefinition(args.role, flags.file)
    const architectures = chosenArchitectures(definition, flags.arch)
    const lock = await readLockFile({
      definition,
      architectures,
      path: flags.lock ?? lockPath(definition),
      required: flags.lock !== undefined,
      frozen: flags.frozen,
    })
    const key = await signingKey(flags.sign)
    const images = await imageAccess(flags, definition.mirrors)
    const bundles = await interruptible(signal =>
      buildBundles({
        definition,
        architectures,
        lock,
        edgekitVersion: this.config.version,
        outputDirectory: resolve(flags.output),
        images,
        signingKey: key,
        partSize: flags.split === undefined ? undefined : parseSize(flags.split),
        runSteps: steps => runSteps(steps, { silent }),
        signal,
      }),
    )
    for (const { paths, sha256 } of bundles) this.say(`\n${paths.join('\n')}\nsha256 ${sha256}`)
    return { schemaVersion: 1, bundles }
  }
}
