import type { Check } from '../check.ts'
import { brokerCpu } from './broker-cpu.ts'
import { brokerImageSize } from './broker-image-size.ts'
import { brokerMemory } from './broker-memory.ts'
import { brokerStartTime } from './broker-start-time.ts'

/** In the order they run: what others need comes first. */
export const footprintChecks: readonly Check[] = [brokerMemory, brokerCpu, brokerStartTime, brokerImageSize]
