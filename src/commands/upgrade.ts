import Install from './install.ts'

/** An install that requires an earlier one. */
export default class Upgrade extends Install {
  static override keepsExitCode = true
  static override summary = 'Upgrade this node to a newer bundle'
  static override description =
    "Like edgekit install, on a machine where edgekit has installed an older bundle. Your changes to the broker's configuration and to edgekit's keys in edgecore.yaml are kept, and so is the broker's data. If the new EdgeCore does not stay up (--stable-for) and work as the old one did, the old version is restored (exit code 4). What the upgrade replaced is kept until the next one, for edgekit rollback --to-previous.\n\nAn older KubeEdge, or one more than two minor versions ahead, is refused unless --allow-downgrade or --force=version-skip is given.\n\nFlags and exit codes are those of edgekit install."
  static override examples = [
    'sudo ./edgekit upgrade',
    'sudo edgekit upgrade /media/usb/kubeedge-edge-v1.23.1-amd64.tar.gz',
  ]

  protected override readonly upgradeOnly = true
}
