import { resolve } from 'node:path'
import { Args, Flags } from '@oclif/core'
import { readAsset } from '../assets.ts'
import { buildBundle } from '../bundle/build.ts'
import { parseDefinition } from '../bundle/definition.ts'
import type { WrittenPackage } from '../bundle/package.ts'
import { signingKey } from '../bundle/sign.ts'
import { parseSize } from '../bundle/size.ts'
import { parseMirrors } from '../images/mirrors.ts'
import { EdgekitCommand } from '../ui/command.ts'
import { runSteps } from '../ui/steps.ts'

export default class Bundle extends EdgekitCommand {
  static override summary = 'Build the offline package for edge nodes'
  static override description =
    'Pulls the images that bundles/edge.yaml names, takes the programs out of theirs, and writes one .tar.gz that a node can be installed from without any network.'
  static override examples = [
    'edgekit bundle edge --arch amd64 -o dist',
    'edgekit bundle edge --arch arm64 --registry-mirror docker.io=https://mirror.lan',
  ]
  static override args = {
    role: Args.string({ required: true, options: ['edge'], description: 'what the bundle is for' }),
  }
  static override flags = {
    arch: Flags.option({ options: ['amd64', 'arm64'] as const, required: true })({
      description: 'architecture of the nodes',
    }),
    output: Flags.string({ char: 'o', default: '.', helpValue: 'DIR', description: 'directory to write to' }),
    sign: Flags.string({
      helpValue: 'KEY',
      description:
        'private key (ECDSA P-256, PEM file) to sign with; default: the PEM in EDGEKIT_SIGNING_KEY, if set',
    }),
    split: Flags.string({
      helpValue: 'SIZE',
      description: 'write parts of at most SIZE (k, M, G), such as 3900M for a FAT32 stick',
    }),
    'registry-mirror': Flags.string({
      multiple: true,
      helpValue: 'HOST=URL',
      description: 'ask URL instead of the registry HOST; may be given several times',
    }),
  }

  async run(): Promise<WrittenPackage> {
    const { args, flags } = await this.parse(Bundle)
    const file = `bundles/${args.role}.yaml`
    const silent = this.jsonEnabled()
    const bundle = await buildBundle({
      definition: parseDefinition(readAsset(file), file),
      arch: flags.arch,
      edgekitVersion: this.config.version,
      outputDirectory: resolve(flags.output),
      mirrors: parseMirrors(flags['registry-mirror'] ?? []),
      signingKey: await signingKey(flags.sign),
      partSize: flags.split === undefined ? undefined : parseSize(flags.split),
      runSteps: steps => runSteps(steps, { silent }),
    })
    this.say(`\n${bundle.paths.join('\n')}\nsha256 ${bundle.sha256}`)
    return bundle
  }
}
