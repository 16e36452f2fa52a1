import { basename } from 'node:path'
import { describe, expect, test } from 'vitest'
import { textMembers } from '../../../src/bundle/members.ts'
import { paths } from '../../../src/node/paths.ts'

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`

const archive = 'images/eclipse-mosquitto-2.0.tar'

describe.each(['amd64', 'arm64'] as const)('the texts of a bundle for %s', arch => {
  const broker = 'docker.io/library/eclipse-mosquitto:2.0'
  const members = textMembers({
    definition: {
      file: 'my.yaml',
      directory: '/',
      role: 'edge',
      kubeedge: 'v1.22.0',
      architectures: [arch],
      broker,
      images: [{ reference: broker }],
      binaries: {},
      runtime: {},
      files: [],
      mirrors: {},
    },
    lock: { lockVersion: 1, role: 'edge', kubeedge: 'v1.22.0', images: {}, files: {} },
    arch,
    edgekitVersion: '0.1.0',
    images: [
      {
        reference: broker,
        digest,
        archive,
        platform: `linux/${arch}`,
        manifestDigest: digest,
        configDigest: digest,
        layers: [],
      },
    ],
    runtimeSha256: 'ab'.repeat(32),
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
    const kept = `${paths.images}/${basename(archive)}`
    expect(textOf('systemd/mosquitto.service')).toContain(`edgekit broker image ${broker} ${kept}\n`)
    expect(textOf('systemd/mosquitto.service')).toContain(` ${broker} mosquitto \\\n`)
  })

  test('a person can read what is in it', () => {
    expect(textOf('meta/version.txt')).toBe(
      `kubeedge v1.22.0\nrole edge\narch ${arch}\nedgekit 0.1.0\nimage ${broker} ${digest}\n`,
    )
  })
})
