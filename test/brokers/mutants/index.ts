import type { Row } from './change.ts'
import { connecting } from './connecting.ts'
import { describing } from './describing.ts'
import { dying } from './dying.ts'
import { overlooking } from './overlooking.ts'
import { publishing } from './publishing.ts'
import { resending } from './resending.ts'
import { retaining } from './retaining.ts'
import { subscribing } from './subscribing.ts'
import { tolerating } from './tolerating.ts'

/** Brokers with one fault each. */
export const mutants: readonly Row[] = [
  ...connecting,
  ...publishing,
  ...retaining,
  ...subscribing,
  ...describing,
  ...resending,
  ...dying,
  ...tolerating,
  ...overlooking,
]
