import { expect, test } from 'vitest'
import { vectorSets } from '../../../src/broker-test/vectors/index.ts'
import { clientPackets, correct, type Source } from '../../../src/broker-test/vectors/vector.ts'
import { decode } from '../../../src/mqtt/decode.ts'
import * as encode from '../../../src/mqtt/encode.ts'
import { splitFrames } from '../../../src/mqtt/frames.ts'
import { type Version, versionNames } from '../../../src/mqtt/packet.ts'

const source = (version: Version): Source => ({
  version,
  login: undefined,
  topic: name => `ekabcdef/1v${version}/${name}`,
  connectPacket: options => encode.connect({ version, clientId: 'ekabcdef', clean: true, ...options }),
})

const sets = ([4, 5] as const).flatMap(version =>
  vectorSets
    .filter(({ clauses }) => clauses[version])
    .map(set => ({
      name: `${set.packet} ${set.kind} (MQTT ${versionNames[version]})`,
      version,
      set,
      vectors: set.vectors(source(version)),
    })),
)

test('there are at least 2000 malformed packets', () => {
  expect(sets.reduce((sum, { vectors }) => sum + vectors.length, 0)).toBeGreaterThanOrEqual(2_000)
})

test.each(sets)('$name: each is one frame, and different', ({ vectors }) => {
  const whole = vectors.map(({ bytes }) => splitFrames(bytes))
  expect(
    whole.filter(({ frames, rest, isBroken }) => frames.length !== 1 || rest.length > 0 || isBroken),
  ).toEqual([])
  expect(new Set(vectors.map(({ bytes }) => bytes.toString('hex'))).size).toBe(vectors.length)
  expect(new Set(vectors.map(({ what }) => what)).size).toBe(vectors.length)
})

/** The decoder is for packets of brokers: it does not know these rules for clients. */
const unknown = /^(?:options|filter|connect-flags|from-client|identifier-0)$/

test.each(sets.filter(({ set }) => !unknown.test(set.kind)))(
  '$name: each is malformed',
  ({ version, vectors }) => {
    const correctOnes = vectors.filter(({ bytes }) => decode(bytes, version).problems.length === 0)
    expect(correctOnes.map(({ what }) => what)).toEqual([])
  },
)

test.each(clientPackets.flatMap(packet => ([4, 5] as const).map(version => ({ packet, version }))))(
  'a correct $packet (MQTT level $version) is not',
  ({ packet, version }) => {
    expect(decode(correct(packet, source(version)), version).problems).toEqual([])
  },
)
