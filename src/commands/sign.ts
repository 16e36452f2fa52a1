import { resolve } from 'node:path'
import { Args, Flags } from '@oclif/core'
import { readSignature } from '../build/sign/read-signature.ts'
import { signingKey } from '../build/sign/sign.ts'
import { signBundle } from '../build/sign/sign-bundle.ts'
import { locateBundle } from '../bundle/locate.ts'
import { EdgekitCommand } from '../cli/command.ts'
import { interruptible } from '../cli/interrupt.ts'
import { EdgekitError } from '../lib/errors.ts'
import { localFiles } from '../node/files.ts'
import type { SignOutput } from '../ui/json/bundle.ts'

export default class Sign extends EdgekitCommand {
  static override summary = 'Sign a bundle that is already built'
  static override description =
    'Verifies a packed bundle and writes a signed copy of it, with its checksums, into another directory: the machine that builds bundles needs no key. Nothing is built again; only bundle.json.sig differs. A signature that the bundle has already is replaced.'
  static override examples = [
    'edgekit sign kubeedge-edge-v1.22.0-amd64.tar.gz --key key.pem -o signed',
    'edgekit sign /media/usb --signature bundle.json.sig -o signed',
  ]
  static override args = {
    bundle: Args.string({ required: true, description: 'a .tar.gz, or one of its parts' }),
  }
  static override flags = {
    key: Flags.string({
      helpValue: 'KEY',
      description:
        'sign with this private key (ECDSA P-256, PEM file); default: the PEM in EDGEKIT_SIGNING_KEY, if set',
    }),
    signature: Flags.string({
      helpValue: 'FILE',
      exclusive: ['key'],
      description: 'insert this signature of bundle.json, made elsewhere (DER in base64)',
    }),
    output: Flags.string({
      char: 'o',
      required: true,
      helpValue: 'DIR',
      description: 'directory for the signed bundle, not that of the bundle',
    }),
  }

  async run(): Promise<SignOutput> {
    const { args, flags } = await this.parse(Sign)
    const by =
      flags.signature === undefined ? await signingKey(flags.key) : await readSignature(flags.signature)
    if (by === undefined) {
      throw new EdgekitError('cannot sign the bundle: no key is given', {
        code: 'invalid-usage',
        remedy: 'Name a private key with --key, or set EDGEKIT_SIGNING_KEY.',
      })
    }
    const bundle = locateBundle(args.bundle, localFiles())
    const signed = await interruptible(signal =>
      signBundle(bundle, { by, outputDirectory: resolve(flags.output), signal }),
    )
    this.say(`${[...signed.paths, signed.checksums].join('\n')}\nsha256 ${signed.sha256}`)
    return { schemaVersion: 1, ...signed }
  }
}
