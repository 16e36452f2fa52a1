import { changeEdgecore, putEdgecoreBack } from '../../../lab/tweaks/edgecore-config.ts'
import type { Fault } from './fault.ts'

export const configNotYaml: Fault = {
  what: 'edgecore.yaml was edited by hand and is not YAML any more',
  occasion: 'doctor',
  fails: 'edgecore-config-file',
  says: /edgecore\.yaml is not valid YAML at line 1/,
  release: 'trixie',
  breakIt: changeEdgecore("sed -i '1a\\ \\ - oops: [' $file"),
  mend: putEdgecoreBack,
}
