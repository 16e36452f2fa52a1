import { type Fault, seenAfter } from './fault.ts'

export const smallDisk: Fault = {
  what: 'the disk for the images is too small for the bundle',
  occasion: 'preflight',
  fails: 'disk-space',
  says: /\/var\/lib\/containerd \(on \/var\/lib\/containerd\): \d\.\d MB available, [\d.]+ MB needed/,
  release: 'bookworm',
  ...seenAfter('mount -t tmpfs -o size=2m tmpfs /var/lib/containerd'),
}
