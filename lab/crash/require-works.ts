import { setTimeout as sleep } from 'node:timers/promises'
import type { LabNode } from '../machine/node.ts'

const minutes = 60_000

/**
 * Wait until the doctor finds nothing, then require that every file is as it was installed and that a container starts from
 * every image. Throws an Error otherwise.
 */
export async function requireWorks(node: LabNode): Promise<void> {
  for (const end = Date.now() + 2 * minutes; ; await sleep(500)) {
    const { exitCode, stdout } = await node.run('edgekit doctor')
    if (exitCode === 0) break
    if (Date.now() > end) throw new Error(stdout)
  }
  await node.sh('edgekit status')
  await node.sh(
    `for image in $(ctr -n k8s.io images ls -q | grep -v -e @ -e '^sha256:'); do
       case $image in
         *pause*) ctr -n k8s.io run --rm $image probe /busybox true ;;
         *) ctr -n k8s.io run --rm $image probe /usr/sbin/mosquitto -h | grep -q '^mosquitto version ' ;;
       esac || { echo "$image does not run"; exit 1; }
     done`,
  )
}
