import * as encode from '../../mqtt/encode.ts'
import type { Client, TestContext } from '../context.ts'
import type { PacketRefusal } from '../refusal.ts'

/** A packet that ends the connection; its title follows from what it is. */
export type ErrorRow = Omit<PacketRefusal, 'title'>

const none: readonly Buffer[] = []
/** The Property Length of MQTT 5, zero; nothing in MQTT 3.1.1. */
export const noProperties = ({ version }: TestContext): readonly Buffer[] =>
  version === 5 ? [encode.encodeProperties()] : none

/** The control of a PUBLISH, with the topic that the test would publish to if it were correct. */
export const publishes = async (context: TestContext, client: Client): Promise<void> => {
  await client.publish({ topic: context.topic('control') })
  await client.ping()
}
