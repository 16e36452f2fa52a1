import { bundleOnNode } from '../../../lab/machine/installed.ts'
import type { Fault } from './fault.ts'

export const otherArchitecture: Fault = {
  what: 'the manifest is that of a bundle for arm64',
  occasion: 'preflight',
  fails: 'architecture',
  says: /the bundle is for arm64, this node is amd64/,
  release: 'trixie',
  breakIt: node => node.sh(`sed -i.before 's/"arch": "amd64"/"arch": "arm64"/' ${bundleOnNode}/bundle.json`),
  mend: node => node.sh(`mv ${bundleOnNode}/bundle.json.before ${bundleOnNode}/bundle.json`),
}
