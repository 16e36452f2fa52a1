import { plural } from '../../lib/format.ts'
import type { Packet } from '../../mqtt/decode.ts'
import * as encode from '../../mqtt/encode.ts'
import type { Client, TestContext } from '../context.ts'
import type { BrokerTest } from '../test.ts'
import { vectorSets } from '../vectors/index.ts'
import type { Vector, VectorSet } from '../vectors/vector.ts'
import { fail, inconclusive, skip, Verdict } from '../verdict.ts'

/** After so many of them a correct client must still be accepted. */
const betweenControls = 20
/** ActiveMQ takes so long on a busy machine. */
const closingMs = 500

type Outcome = 'refused' | 'ignored' | 'unanswered'

const isFailure = ({ reasons = [] }: Packet): boolean =>
  reasons.length > 0 && reasons.every(reason => reason >= 0x80)

/** Send one packet on a connection of its own: the broker must close it. */
async function outcomeOf(
  context: TestContext,
  { packet, orAnswer }: VectorSet,
  { bytes }: Vector,
): Promise<Outcome> {
  if (packet === 'connect') {
    const client = await context.open()
    await client.send(bytes)
    // A PINGREQ before CONNACK would be an error of its own.
    const connack = await client.find('connack')
    if (connack?.reason === 0) return 'ignored'
    return (await client.closes()) ? 'refused' : 'unanswered'
  }
  const client = await context.connect()
  await client.send(Buffer.concat([bytes, encode.pingreq()]))
  const isAlive = (await client.find('pingresp')) !== undefined && (await staysOpen(client))
  if (!isAlive) return (await client.closes()) ? 'refused' : 'unanswered'
  const answer = orAnswer && client.waiting.find(({ type }) => type === 'suback' || type === 'unsuback')
  return answer && isFailure(answer) ? 'refused' : 'ignored'
}

/** A broker may answer the PINGREQ behind a malformed packet, and close the connection a moment later. */
async function staysOpen(client: Client): Promise<boolean> {
  if (await client.closes(closingMs)) return false
  await client.send(encode.pingreq())
  return (await client.find('pingresp')) !== undefined
}

/** A correct client is accepted. */
async function control(context: TestContext): Promise<void> {
  const own = context.apart()
  try {
    await (await own.connect()).ping()
  } finally {
    await own.close()
  }
}

async function run(context: TestContext, set: VectorSet): Promise<void> {
  const vectors = set.vectors(context)
  if (vectors.length === 0)
    throw skip('the broker authenticates clients, and refuses what is malformed like a stranger')
  await control(context).catch(asControl)
  const bad: [Vector, Outcome][] = []
  for (let start = 0; start < vectors.length; start += betweenControls) {
    const batch = vectors.slice(start, start + betweenControls)
    const found = await Promise.all(batch.map(vector => tryOne(context, set, vector)))
    bad.push(
      ...found.flatMap((outcome, index): [Vector, Outcome][] => {
        const vector = batch[index]
        return vector && outcome !== 'refused' ? [[vector, outcome]] : []
      }),
    )
    await control(context).catch(error => {
      throw error instanceof Verdict
        ? fail(`afterwards the broker accepts no client: ${error.message}`)
        : error
    })
  }
  const [first] = bad
  if (!first) return
  const [{ what }, outcome] = first
  const count = `${bad.length} of ${plural(vectors.length, 'packet')}`
  const others = bad.length > 1 ? `, and ${bad.length - 1} more` : ''
  const did = outcome === 'ignored' ? 'accepted' : 'neither refused nor accepted'
  throw fail(`the broker ${did} ${count}: ${what}${others}`)
}

/** What fails before the malformed packet shows nothing about it. */
function asControl(error: unknown): never {
  throw error instanceof Verdict ? inconclusive(`the positive control failed: ${error.message}`) : error
}

/** What was exchanged is evidence only when it shows a fault. */
async function tryOne(context: TestContext, set: VectorSet, vector: Vector): Promise<Outcome> {
  const own = context.apart()
  try {
    const outcome = await outcomeOf(own, set, vector).catch(asControl)
    if (outcome !== 'refused') context.evidence.addAll(own.evidence)
    return outcome
  } finally {
    await own.close()
  }
}

export const vectors: readonly BrokerTest[] = vectorSets.map(set => ({
  id: `vectors-${set.packet}-${set.kind}`,
  title: `The connection ends: ${set.packet.toUpperCase()} ${set.what}`,
  clauses: set.clauses,
  run: context => run(context, set),
}))
