import type { Check } from '../check.ts'
import { edgecoreMqtt } from './edgecore-mqtt.ts'
import { eventBusBacklog } from './event-bus-backlog.ts'
import { eventBusTopics } from './event-bus-topics.ts'
import { twinAnswers } from './twin-answers.ts'

/** In the order they run: what others need comes first. */
export const mqttPathChecks: readonly Check[] = [edgecoreMqtt, eventBusTopics, twinAnswers, eventBusBacklog]
