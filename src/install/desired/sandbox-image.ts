import { EdgekitError } from '../../lib/errors.ts'

const isPause = (reference: string): boolean => /\/pause(?:-[a-z0-9]+)?:[^/]+$/.test(reference)

/** The collator is made only when needed: V8 takes 10 ms and 6 MB to load its rules. */
const newestOf = (images: readonly string[]): string | undefined =>
  images.toSorted(new Intl.Collator('en', { numeric: true }).compare).at(-1)

/**
 * The image containerd starts every pod with: the one named in its default configuration (`containerd config default`;
 * `sandbox_image` in containerd 1.x, `sandbox` in 2.x) when the bundle has it, else the bundle's newest pause image.
 * Throws EdgekitError when it has none.
 */
export function sandboxImage(defaultConfig: string, images: readonly string[]): string {
  const configured = /^\s*sandbox(?:_image)? = ["']([^"']+)["']/m.exec(defaultConfig)?.[1]
  if (configured !== undefined && images.includes(configured)) return configured
  const newest = newestOf(images.filter(isPause))
  if (newest !== undefined) return newest
  throw new EdgekitError(
    `cannot set up the container runtime of this bundle: it has no pause image${configured === undefined ? '' : ` (containerd expects ${configured})`}`,
    {
      code: 'bundle-incomplete',
      remedy: 'Add a pause image to the bundle definition and build the bundle again.',
    },
  )
}
