import { expect, test } from 'vitest'
import { choosePlatform, type PlatformDescriptor } from '../../../src/oci/platform.ts'

const entry = (os: string, architecture: string, variant?: string): PlatformDescriptor => ({
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  digest: `sha256:${os}-${architecture}-${variant ?? ''}`,
  size: 1,
  platform: { os, architecture, variant },
})
const attestation = entry('unknown', 'unknown')

test('finds the platform among others and attestations', () => {
  const [amd64, arm64] = [entry('linux', 'amd64'), entry('linux', 'arm64', 'v8')]
  const index = [attestation, entry('linux', '386'), entry('linux', 'arm', 'v6'), amd64, arm64]
  expect(choosePlatform(index, 'linux/amd64', 'x')).toBe(amd64)
  expect(choosePlatform(index, 'linux/arm64', 'x')).toBe(arm64)
})

test('chooses the variant that every machine can run', () => {
  const plain = entry('linux', 'amd64')
  expect(choosePlatform([entry('linux', 'amd64', 'v3'), plain], 'linux/amd64', 'x')).toBe(plain)
  expect(() => choosePlatform([entry('linux', 'amd64', 'v3')], 'linux/amd64', 'x')).toThrow(
    'no image for linux/amd64',
  )
})

test('lists the existing platforms when there is no match', () => {
  const index = [attestation, entry('linux', 'amd64'), entry('linux', 'arm', 'v6'), entry('windows', 'amd64')]
  expect(() => choosePlatform(index, 'linux/arm64', 'docker.io/library/x:1')).toThrow(
    expect.objectContaining({
      exitCode: 3,
      message: 'cannot use docker.io/library/x:1: no image for linux/arm64',
      remedy: expect.stringContaining('a platform it has: linux/amd64, linux/arm/v6, windows/amd64.'),
    }),
  )
})

test('refuses an index without images', () => {
  expect(() => choosePlatform([attestation], 'linux/amd64', 'x')).toThrow(
    expect.objectContaining({ remedy: expect.stringContaining('no image for any platform') }),
  )
})
