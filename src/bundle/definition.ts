import { parse } from 'yaml'
import * as z from 'zod'
import { EdgekitError, exitCodes, messageOf } from '../errors.ts'
import { normaliseReference } from '../images/reference.ts'
import { archiveName } from './members.ts'

/** An image reference, which is kept in full. */
const reference = z.string().transform((text, context) => {
  try {
    return normaliseReference(text)
  } catch (error) {
    context.addIssue(messageOf(error))
    return z.NEVER
  }
})

/** A file inside an image: `image:REFERENCE#/PATH`. */
const imageFile = z
  .string()
  .regex(/^image:[^#]+#\/.+$/, 'expected image:REFERENCE#/PATH')
  .transform(text => {
    const [image = '', path = ''] = text.slice('image:'.length).split('#')
    return { image, path }
  })
  .pipe(z.object({ image: reference, path: z.string() }))

const common = {
  kubeedge: z.string().regex(/^v\d+\.\d+\.\d+/, 'expected a version such as v1.22.0'),
  broker: reference,
  images: z.array(reference).min(1),
}

const definitionSchema = z.discriminatedUnion('role', [
  z.strictObject({
    role: z.literal('edge'),
    ...common,
    binaries: z.strictObject({ edgecore: imageFile, keadm: imageFile }),
  }),
  z.strictObject({ role: z.literal('cloud'), ...common, binaries: z.strictObject({ keadm: imageFile }) }),
])

/** What goes into a bundle, as a person writes it, with every image reference in full. */
export type Definition = z.infer<typeof definitionSchema>

/** Read a bundle definition. Throws EdgekitError that names the file, the key and what was expected. */
export function parseDefinition(text: string, file: string): Definition {
  let value: unknown
  try {
    value = parse(text)
  } catch (error) {
    throw new EdgekitError(`${file}: ${messageOf(error)}`, { exitCode: exitCodes.usage, cause: error })
  }
  const result = definitionSchema.safeParse(value)
  if (!result.success) {
    throw new EdgekitError(`${file}: ${z.prettifyError(result.error)}`, { exitCode: exitCodes.usage })
  }
  const definition = { ...result.data, images: [...new Set(result.data.images)] }
  if (!definition.images.includes(definition.broker)) {
    throw new EdgekitError(`${file}: the broker ${definition.broker} is not among the images`, {
      exitCode: exitCodes.usage,
      remedy: 'Add it to images.',
    })
  }
  for (const [archive, images] of Map.groupBy(definition.images, archiveName)) {
    if (images.length === 1) continue
    throw new EdgekitError(`${file}: ${images.join(' and ')} would both be ${archive}`, {
      exitCode: exitCodes.usage,
      remedy: 'Give one of them another tag, or another name.',
    })
  }
  return definition
}
