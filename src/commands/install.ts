import { resolve } from 'node:path'
import { Args, Flags } from '@oclif/core'
import { exitCodeMeanings } from '../errors.ts'
import { startHashing } from '../hash-thread.ts'
import { isNewBundle } from '../node/new-bundle.ts'
import { EdgekitCommand } from '../ui/command.ts'
import { nodeFlags } from '../ui/node-flags.ts'

export default class Install extends EdgekitCommand {
  static override summary = 'Make this machine an edge node, or prepare the cloud side, from a bundle'
  static override description =
    'Takes a bundle as it was unpacked, or packed (a .tar.gz or its parts), which is unpacked into /var/tmp for the time it takes. With --key, or with keys in /etc/edgekit/trusted-keys/*.pem, a bundle that none of them signed is refused before anything is touched.\n\nVerifies the bundle, imports the broker image, starts the broker, and when it answers, EdgeCore; then goes through a checklist. From a cloud bundle: imports and pins the images, puts keadm and the manifests in place, and says what to type next, or does it (--apply); it starts no broker. Running it again changes only what is not right yet.\n\nWhat fails is put back. After a power cut or a kill the same command finishes what was begun, and edgekit rollback undoes it.\n\nExit codes:\n' +
    exitCodeMeanings.map(([code, meaning]) => `${code}  ${meaning}`).join('\n')
  static override examples = [
    'sudo ./edgekit install',
    'sudo edgekit install /media/usb/kubeedge-edge-v1.22.0-amd64.tar.gz',
    'sudo ./edgekit install --apply --advertise-address 192.0.2.10',
  ]
  static override args = {
    bundle: Args.string({
      // Stdin is for a token, and nothing else may read it.
      ignoreStdin: true,
      description: 'a bundle, packed or unpacked (default: where this edgekit was unpacked)',
    }),
  }
  static override flags = {
    key: Flags.string({
      multiple: true,
      helpValue: 'PUB',
      description: 'public key (PEM) that must have signed the bundle; with several, any one of them',
    }),
    rollback: Flags.boolean({
      allowNo: true,
      default: true,
      description: 'put everything back on failure, or keep it as it is then, to look into it',
    }),
    'dry-run': Flags.boolean({ description: 'change nothing; show each change and a diff of each file' }),
    config: Flags.string({ helpValue: 'FILE', description: 'answers: these flags, in a YAML file' }),
    yes: Flags.boolean({ char: 'y', description: 'do not ask before the first change' }),
    settle: Flags.string({
      helpValue: 'TIME',
      default: '60s',
      description: 'upgrade: how long the new EdgeCore has to stay up, or the old one comes back',
    }),
    ...nodeFlags,
    apply: Flags.boolean({ description: 'cloud bundle: also run keadm init, and wait until CloudCore runs' }),
    'advertise-address': Flags.string({
      helpValue: 'IP[,IP]',
      description: 'cloud bundle: where edge nodes reach this machine',
    }),
    kubeconfig: Flags.string({
      helpValue: 'FILE',
      description: "cloud bundle: how to reach the cluster (default: kubectl's, kubeadm's or k3s' own file)",
    }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Install)
    const bundle = resolve(args.bundle ?? resolve(process.execPath, '../..'))
    // All of it will be hashed: the thread for that starts while the rest is loaded.
    if (isNewBundle(bundle)) startHashing()
    const { runInstall } = await import('./run-install.ts')
    const { text, data } = await runInstall(bundle, flags, {
      edgekitVersion: this.config.version,
      silent: this.jsonEnabled(),
      say: text => this.say(text),
    })
    this.say(text)
    return data
  }
}
