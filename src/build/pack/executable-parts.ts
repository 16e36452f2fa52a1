import * as z from 'zod'
import { readAsset } from '../../lib/assets.ts'

const schema = z.object({
  node: z.string(),
  packages: z.array(z.object({ name: z.string(), version: z.string(), license: z.string().optional() })),
})

/** The components of the edgekit executable, Node.js and npm packages, as its build recorded them. */
export type ExecutableParts = z.infer<typeof schema>

export const executableParts = (): ExecutableParts =>
  schema.parse(JSON.parse(readAsset('build/executable-parts.json')))
