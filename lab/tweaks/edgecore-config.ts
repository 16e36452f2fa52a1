import { paths } from '../../src/node/paths.ts'
import type { LabNode } from '../machine/node.ts'
import { restartEdgecore } from './restart-edgecore.ts'

const kept = '/var/edgecore.yaml.good'

/** Change edgecore.yaml with a script (`$file`) and let EdgeCore read it. `until`: what it must then have logged. */
export const changeEdgecore =
  (script: string, until = '') =>
  (node: LabNode) =>
    node.sh(
      `file=${paths.edgecoreConfig}; cp --archive $file ${kept}; ${script}
     ${until ? restartEdgecore(until) : 'systemctl restart edgecore'}`,
    )

export const putEdgecoreBack = (node: LabNode) =>
  node.sh(`cp --archive ${kept} ${paths.edgecoreConfig}; ${restartEdgecore()}`)

/** Put the good file back, and leave EdgeCore running with the bad one. */
export const putFileBack = `cp --archive ${kept} ${paths.edgecoreConfig}`
