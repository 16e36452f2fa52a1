import { paths } from '../../src/node/paths.ts'
import type { LabNode } from './node.ts'
import { restartEdgecore } from './restart-edgecore.ts'

const kept = '/var/edgecore.yaml.good'

/** Change edgecore.yaml with a script (`$file`) and let EdgeCore read it. `until`: what it must then have logged. */
export const changeEdgecore =
  (script: string, until = '') =>
  (node: LabNode) =>
    node.sh(
      `file=${paths.edgecoreConfig}; cp --archive $file ${kept}; ${script}
     started=$(date +%s.%N); systemctl restart edgecore
     ${until && `until journalctl --unit=edgecore --output=cat --since="@$started" | grep --quiet "${until}"; do sleep 0.2; done`}`,
    )

export const putEdgecoreBack = (node: LabNode) =>
  node.sh(`cp --archive ${kept} ${paths.edgecoreConfig}; ${restartEdgecore}`)

/** Put the good file back, and leave EdgeCore running with the bad one. */
export const putFileBack = `cp --archive ${kept} ${paths.edgecoreConfig}`
