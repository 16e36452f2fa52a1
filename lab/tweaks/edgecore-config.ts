import { paths } from '../../src/node/paths.ts'
import type { LabNode } from '../machine/node.ts'
import { restartEdgecore } from './restart-edgecore.ts'

const kept = '/var/edgecore.yaml.good'

/** Edit edgecore.yaml with a script (`$file`), restart EdgeCore, and wait until it has logged `until`. */
export const changeEdgecore =
  (script: string, until = '') =>
  (node: LabNode) =>
    node.sh(
      `file=${paths.edgecoreConfig}; cp --archive $file ${kept}; ${script}
     ${until ? restartEdgecore(until) : 'systemctl restart edgecore'}`,
    )

export const restoreEdgecore = (node: LabNode) =>
  node.sh(`cp --archive ${kept} ${paths.edgecoreConfig}; ${restartEdgecore()}`)

/** Restore the good file, and leave EdgeCore running with the bad one. */
export const restoreFile = `cp --archive ${kept} ${paths.edgecoreConfig}`
