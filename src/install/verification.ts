import type { UnpackedBundle } from '../bundle/bundle.ts'
import { verifyLarge, verifyTexts } from '../bundle/verify-unpacked.ts'
import type { Step } from '../lib/step.ts'
import type { Node } from '../node/node.ts'

/**
 * The step that verifies all of a bundle. `early`: with nearly all of its bytes it begins at once, beside whatever comes
 * before that step. Disposed of, it lets go of what it still reads, which may be a slow disk.
 */
export function verifying(
  bundle: UnpackedBundle,
  { files }: Node,
  { early = false } = {},
): Step & Disposable {
  const gone = new AbortController()
  const verify = () => verifyLarge(bundle, files, gone.signal)
  const begun = early ? verify() : undefined
  // Its failure is told by the step, if it comes to that.
  begun?.catch(() => {})
  return {
    title: `Verify ${bundle.manifest.files.length} files of the bundle`,
    async run() {
      await verifyTexts(bundle, files)
      await (begun ?? verify())
    },
    [Symbol.dispose]: () => gone.abort(),
  }
}
