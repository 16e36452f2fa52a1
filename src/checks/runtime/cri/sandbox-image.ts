import type { Manifest } from '../../../bundle/manifest.ts'
import type { ContainerdFileFacts } from '../../../facts/containerd-files.ts'
import { requireFact } from '../../../facts/fact.ts'
import type { Check } from '../../check.ts'
import { pinCommand } from '../../shared/image-state.ts'

export const sandboxImage: Check = {
  id: 'sandbox-image',
  title: 'Sandbox image is available',
  tags: ['preflight', 'checklist', 'doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['containerd-answers', 'cri-plugin', 'install-finished', 'containerd-config'],
  settledByInstall: ({ bundle, containerdFiles }) =>
    'value' in bundle && 'value' in containerdFiles && isInBundle(bundle.value, containerdFiles.value)
      ? 'the install imports and pins the image'
      : undefined,
  run(facts) {
    const { images } = requireFact(facts.containerd)
    const files = requireFact(facts.containerdFiles)
    const reference = files.config.sandboxImage
    const image = images.find(image => image.reference === reference)
    const inBundle = isInBundle(requireFact(facts.bundle), files)
    if (image && !image.pinned) {
      return {
        status: 'warn',
        observed: `${reference} is not pinned`,
        expected:
          'the label io.cri-containerd.pinned=pinned: otherwise EdgeCore deletes the image when the disk is full, and no pod starts',
        remedy: {
          text: 'Pin the image.',
          commands: [pinCommand(reference)],
          fix: { kind: 'repin', image: reference },
        },
      }
    }
    if (image) return { status: 'pass', observed: `${reference}, pinned` }
    if (inBundle) return { status: 'pass', observed: `${reference}, in the bundle` }
    return {
      status: 'fail',
      observed: reference
        ? `${reference} is neither in containerd nor in the bundle`
        : 'containerd has no sandbox image configured',
      expected: 'the image containerd starts every pod with: a node without internet cannot pull it',
      remedy: {
        text: `Add ${reference || 'the sandbox image'} to the bundle definition, or set sandbox_image in containerd's configuration to an image of the bundle.`,
        commands: [
          'containerd config dump | grep -E "sandbox(_image)? ="',
          'ctr -n k8s.io images ls -q | grep pause',
        ],
      },
    }
  },
}

const isInBundle = (bundle: Manifest | undefined, { config }: ContainerdFileFacts): boolean =>
  bundle?.images.some(({ reference }) => reference === config.sandboxImage) ?? false
