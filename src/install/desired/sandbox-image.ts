import { EdgekitError } from '../../lib/errors.ts'

const isPause = (reference: string): boolean => /\/pause(?:-[a-z0-9]+)?:[^/]+$/.test(reference)

/** Few installs need it, and to make what compares takes 10 ms and 6 MB: V8 reads the rules of the language. */
const newestOf = (images: readonly string[]): string | undefined =>
  images.toSorted(new Intl.Collator('en', { numeric: true }).compare).at(-1)

/**
 * The image that containerd starts every pod with: of the bundle's, the one that its own default configuration
 * (`containerd config default`) names, else the newest pause image. containerd 1.x calls it `sandbox_image`, 2.x
 * `sandbox` below `pinned_images`. Throws EdgekitError when the bundle has no pause image.
 */
export function sandboxImage(defaultConfig: string, images: readonly string[]): string {
  const asked = /^\s*sandbox(?:_image)? = ["']([^"']+)["']/m.exec(defaultConfig)?.[1]
  if (asked !== undefined && images.includes(asked)) return asked
  const newest = newestOf(images.filter(isPause))
  if (newest !== undefined) return newest
  throw new EdgekitError(
    `the bundle has a container runtime, but no pause image; this containerd asks for ${asked ?? 'one'}`,
    {
      code: 'bundle-incomplete',
      remedy: `Add it to the images of the bundle definition and build the bundle again. Nothing has been changed.`,
    },
  )
}
