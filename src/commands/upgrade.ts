import { readReceipt } from '../install/record/receipt.ts'
import { EdgekitError } from '../lib/errors.ts'
import { localNode } from '../node/node.ts'
import Install from './install.ts'

/** The same as an install, on a machine where there is something to upgrade. */
export default class Upgrade extends Install {
  static override summary = 'Bring this machine to a newer bundle'
  static override description =
    "The same as edgekit install of that bundle, on a machine where edgekit has installed an older one. Your own changes of the broker's configuration and of edgekit's keys in edgecore.yaml stay, the broker's data too. EdgeCore is replaced, and when the new one does not stay up (--settle), everything goes back to the old version (exit code 4). The images of the older bundle are removed at the end.\n\nAn older KubeEdge than the one installed, or one more than two minor versions ahead, is refused: --force=downgrade, --force=version-skip.\n\nFlags and exit codes: as of edgekit install."
  static override examples = [
    'sudo ./edgekit upgrade',
    'sudo edgekit upgrade /media/usb/kubeedge-edge-v1.23.1-amd64.tar.gz',
  ]

  override async run(): Promise<unknown> {
    if (await readReceipt(localNode().files)) return super.run()
    throw new EdgekitError('edgekit has installed nothing here that could be upgraded', {
      code: 'not-installed',
      remedy: 'Install the bundle with edgekit install.',
    })
  }
}
