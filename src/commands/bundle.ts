import { resolve } from 'node:path'
import { Args, Flags } from '@oclif/core'
import { buildBundles } from '../build/build.ts'
import { buildableArchitectures, chosenArchitectures, chosenDefinition } from '../build/definition/choose.ts'
import { defaultDefinitions } from '../build/definition/definition-chain.ts'
import { lockPath, readLockFile } from '../build/lock/lock-file.ts'
import { signingKey } from '../build/sign/sign.ts'
import { EdgekitCommand } from '../cli/command.ts'
import { allowOutsideFlag } from '../cli/flags/allow-outside.ts'
import { imageAccess, imageFlags } from '../cli/flags/images.ts'
import { interruptible } from '../cli/interrupt.ts'
import { parseSize } from '../cli/quantities/size.ts'
import type { BundleOutput } from '../ui/json/bundle.ts'
import { print } from '../ui/print.ts'
import { stepRunner } from '../ui/steps.ts'

export default class Bundle extends EdgekitCommand {
  static override summary = 'Build offline bundles'
  static override description =
    'Pulls the images and programs of a bundle definition, and writes one .tar.gz for each architecture, from which a node can be installed without a network. If edgekit.lock is beside the definition, every input is used as pinned there.'
  static override examples = [
    'edgekit bundle edge -o dist',
    'edgekit bundle cloud --arch amd64 -o dist',
    'edgekit bundle -f my.yaml --arch arm64 --frozen',
    'edgekit bundle edge --registry-mirror docker.io=https://mirror.lan',
  ]
  static override args = {
    role: Args.string({
      options: defaultDefinitions,
      description: 'use the default definition for this role',
    }),
  }
  static override flags = {
    file: Flags.string({ char: 'f', helpValue: 'FILE', description: 'use your own bundle definition' }),
    'allow-outside': allowOutsideFlag,
    arch: Flags.option({
      options: ['amd64', 'arm64'] as const,
      multiple: true,
      delimiter: ',',
    })({
      description: 'architectures to build for (default: those of the definition whose edgekit is here)',
    }),
    output: Flags.string({
      char: 'o',
      default: '.',
      helpValue: 'DIR',
      description: 'directory for the bundles',
    }),
    lock: Flags.string({
      helpValue: 'FILE',
      description: 'lock to use (default: edgekit.lock beside the definition, if it exists)',
    }),
    frozen: Flags.boolean({
      description: 'fail if the lock is missing or does not match the definition',
    }),
    sign: Flags.string({
      helpValue: 'KEY',
      description:
        'sign with this private key (ECDSA P-256, PEM file); default: the PEM in EDGEKIT_SIGNING_KEY, if set',
    }),
    split: Flags.string({
      helpValue: 'SIZE',
      description: 'split into parts of at most SIZE (k, M, G), for example 3900M for FAT32',
    }),
    ...imageFlags,
  }

  async run(): Promise<BundleOutput> {
    const { args, flags } = await this.parse(Bundle)
    const silent = this.jsonEnabled()
    const partSize = flags.split === undefined ? undefined : parseSize(flags.split)
    const definition = await chosenDefinition(args.role, flags.file, {
      allowOutside: flags['allow-outside'],
    })
    const architectures = chosenArchitectures(definition, flags.arch ?? buildableArchitectures(definition))
    const left = flags.arch ? [] : definition.architectures.filter(arch => !architectures.includes(arch))
    for (const arch of silent ? [] : left)
      print(`Not for ${arch}: edgekit-linux-${arch} is not beside this program.\n`, process.stderr)
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
        partSize,
        runStep: stepRunner({ silent }),
        signal,
      }),
    )
    for (const { paths, checksums, sha256 } of bundles)
      this.say(`\n${[...paths, checksums].join('\n')}\nsha256 ${sha256}`)
    return { schemaVersion: 1, bundles }
  }
}
