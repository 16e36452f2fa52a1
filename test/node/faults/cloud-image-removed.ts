import type { Fault } from './fault.ts'

export const cloudImageRemoved: Fault = {
  what: 'an image of the cloud side was removed',
  occasion: 'doctor',
  release: 'bookworm',
  role: 'cloud',
  fails: 'bundle-images',
  says: /docker\.io\/kubeedge\/cloudcore:v1\.22\.0 is not in the namespace k8s\.io/,
  breakIt: node => node.sh('ctr -n k8s.io images rm docker.io/kubeedge/cloudcore:v1.22.0'),
}
