import type { Entry } from '../../../../lab/bundles/tiny-bundle.ts'
import { pack } from '../../../../src/build/pack/pack.ts'
import type { Packed } from '../../../../src/build/pack/publish.ts'

/** The entries of a tiny bundle, packed as a build packs them. */
export const packTiny = (
  entries: readonly Entry[],
  path: string,
  workDirectory: string,
  partSize?: number,
): Promise<Packed> => {
  const members = entries.map(({ path, content = '', mode }) => {
    const source = Buffer.from(content)
    return { path, mode: mode === 0o755 ? 0o755 : 0o644, size: source.length, source } as const
  })
  return pack(members, { path, workDirectory, partSize, signal: new AbortController().signal })
}
