import * as z from 'zod'
import { descriptorSchema } from './descriptor.ts'
import { choosePlatform, type Platform, type PlatformDescriptor } from './platform.ts'
import { sameName } from './same-name.ts'

// https://github.com/opencontainers/image-spec/blob/main/image-layout.md#indexjson-file
const schema = z.object({
  manifests: z.array(
    descriptorSchema.extend({
      platform: z
        .object({ os: z.string(), architecture: z.string(), variant: z.string().optional() })
        .optional(),
      annotations: z.record(z.string(), z.string()).optional(),
    }),
  ),
})

type Entry = z.infer<typeof schema>['manifests'][number]

interface ImageSelector {
  /** The name within the layout. Without it, the layout must have a single image or one named `reference`. */
  name: string | undefined
  reference: string
  platform: Platform
}

/** The selected image of an OCI layout. Throws an Error that lists the existing names. */
export function chooseInLayout(
  indexJson: Buffer,
  { name, reference, platform }: ImageSelector,
): PlatformDescriptor {
  const { manifests } = schema.parse(JSON.parse(indexJson.toString()))
  const called = (wanted: string): Entry[] =>
    manifests.filter(entry => namesOf(entry).some(one => sameName(one, wanted)))
  const byReference = called(reference)
  const candidates = name !== undefined ? called(name) : byReference.length > 0 ? byReference : manifests
  const [first] = candidates
  const names = [...new Set(manifests.flatMap(namesOf))].join(', ') || 'none has a name'
  if (first === undefined) throw new Error(`it has no image ${name ?? ''} (images: ${names})`)
  if (candidates.every(({ digest }) => digest === first.digest)) return first
  if (candidates.every(entry => entry.platform !== undefined)) {
    return choosePlatform(candidates, platform, reference)
  }
  throw new Error(`it has several images; append :NAME (images: ${names})`)
}

function namesOf({ annotations = {} }: Entry): string[] {
  const keys = ['io.containerd.image.name', 'org.opencontainers.image.ref.name']
  return keys.flatMap(key => annotations[key] ?? [])
}
