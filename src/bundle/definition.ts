import { parse } from 'yaml'
import * as z from 'zod'
import { EdgekitError, exitCodes, messageOf } from '../errors.ts'
import { formatReference, parseReference } from '../images/reference.ts'

/** A file inside an image: `image:REFERENCE#/PATH`. */
const imageFile = z
  .string()
  .regex(/^image:[^#]+#\/.+$/, 'expected image:REFERENCE#/PATH')
  .transform(text => {
    const [image = '', path = ''] = text.slice('image:'.length).split('#')
    return { image, path }
  })

const definitionSchema = z.strictObject({
  role: z.literal('edge'),
  kubeedge: z.string().regex(/^v\d+\.\d+\.\d+/, 'expected a version such as v1.22.0'),
  broker: z.string(),
  images: z.array(z.string()).min(1),
  binaries: z.strictObject({ edgecore: imageFile, keadm: imageFile }),
})

/** What goes into a bundle, as a person writes it, with every image reference in full. */
export type Definition = z.infer<typeof definitionSchema>

const inFull = (reference: string): string => formatReference(parseReference(reference))

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
  const definition = {
    ...result.data,
    broker: inFull(result.data.broker),
    images: result.data.images.map(inFull),
  }
  if (!definition.images.includes(definition.broker)) {
    throw new EdgekitError(`${file}: the broker ${definition.broker} is not among the images`, {
      exitCode: exitCodes.usage,
      remedy: 'Add it to images.',
    })
  }
  return definition
}
