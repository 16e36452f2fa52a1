import { basename } from 'node:path'
import { describe, expect, test } from 'vitest'
import { archiveName, textMembers } from '../../../src/bundle/members.ts'
import { paths } from '../../../src/node/paths.ts'

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`

test.each([
  ['docker.io/library/eclipse-mosquitto:2.0', 'images/eclipse-mosquitto-2.0.tar'],
  ['eclipse-mosquitto', 'images/eclipse-mosquitto-latest.tar'],
  ['registry.example:5000/team/app:1.2_rc.1', 'images/app-1.2_rc.1.tar'],
  [`registry.k8s.io/pause@${digest}`, 'images/pause-0123456789ab.tar'],
  [`registry.k8s.io/pause:3.10@${digest}`, 'images/pause-3.10.tar'],
])('the archive of %s is %s', (reference, name) => {
  expect(archiveName(reference)).toBe(name)
})

describe.each(['amd64', 'arm64'] as const)('the texts of a bundle for %s', arch => {
  const broker = 'docker.io/library/eclipse-mosquitto:2.0'
  const members = textMembers({
    definition: {
      role: 'edge',
      kubeedge: 'v1.22.0',
      broker,
      images: [broker],
      binaries: { edgecore: { image: 'x', path: '/x' }, keadm: { image: 'x', path: '/x' } },
    },
    arch,
    edgekitVersion: '0.1.0',
    images: [
      {
        reference: broker,
        digest,
        archive: archiveName(broker),
        platform: `linux/${arch}`,
        manifestDigest: digest,
        configDigest: digest,
        layers: [],
        unpackedSize: 0,
      },
    ],
    runtimeSize: 123_456,
  })
  const textOf = (path: string): string =>
    members.find(member => member.path === path)?.source.toString() ?? 'no such member'

  test.each(members.map(member => [member.path, member] as const))(
    '%s has no place left to fill',
    (_, member) => {
      expect(member.source.toString()).not.toMatch(/@[A-Z_]+@/)
      expect(member.size).toBe(member.source.length)
      expect(member.size).toBeGreaterThan(0)
    },
  )

  test('only the way in is a program, and it comes first', () => {
    expect(members.filter(({ mode }) => mode === 0o755).map(({ path }) => path)).toEqual(['edgekit'])
    expect(members[0]?.path).toBe('edgekit')
  })

  test('the way in knows its architecture and how long the program is', () => {
    expect(textOf('edgekit')).toContain(`[ "$machine" = '${arch}' ]`)
    expect(textOf('edgekit')).toContain(`[ "$size" = '123456' ]`)
  })

  test('the unit brings the image back from where an install keeps it', () => {
    const archive = `${paths.images}/${basename(archiveName(broker))}`
    expect(textOf('systemd/mosquitto.service')).toContain(`edgekit broker image ${broker} ${archive}\n`)
    expect(textOf('systemd/mosquitto.service')).toContain(` ${broker} mosquitto \\\n`)
  })

  test('a person can read what is in it', () => {
    expect(textOf('meta/version.txt')).toBe(
      `kubeedge v1.22.0\nrole edge\narch ${arch}\nedgekit 0.1.0\nimage ${broker} ${digest}\n`,
    )
  })
})
