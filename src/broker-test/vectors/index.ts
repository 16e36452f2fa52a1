import { fieldVectors } from './fields.ts'
import { headerVectors } from './headers.ts'
import { propertyVectors } from './properties.ts'
import { textVectors } from './texts.ts'
import type { VectorSet } from './vector.ts'

/** Malformed packets by what is wrong with them, generated from the grammar of MQTT's packets. */
export const vectorSets: readonly VectorSet[] = [
  ...headerVectors,
  ...fieldVectors,
  ...textVectors,
  ...propertyVectors,
]
