import { describe, expect, test } from 'vitest'
import { normalizeReference, parseReference } from '../../../src/oci/reference.ts'

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`

describe('normalizeReference', () => {
  test.each([
    ['eclipse-mosquitto', 'docker.io/library/eclipse-mosquitto:latest'],
    ['eclipse-mosquitto:2.0', 'docker.io/library/eclipse-mosquitto:2.0'],
    ['library/eclipse-mosquitto:2.0', 'docker.io/library/eclipse-mosquitto:2.0'],
    ['docker.io/eclipse-mosquitto:2.0', 'docker.io/library/eclipse-mosquitto:2.0'],
    ['index.docker.io/library/eclipse-mosquitto:2.0', 'docker.io/library/eclipse-mosquitto:2.0'],
    ['kubeedge/installation-package:v1.22.0', 'docker.io/kubeedge/installation-package:v1.22.0'],
    ['registry.k8s.io/pause:3.10', 'registry.k8s.io/pause:3.10'],
    ['localhost/a', 'localhost/a:latest'],
    ['localhost:5000/a/b/c:1', 'localhost:5000/a/b/c:1'],
    ['127.0.0.1:5000/a', '127.0.0.1:5000/a:latest'],
    ['[::1]:5000/a:1', '[::1]:5000/a:1'],
    ['localhost:5000', 'docker.io/library/localhost:5000'],
    ['registry:5000/a', 'registry:5000/a:latest'],
    ['a__b/c--d/e.f:v1_2-3', 'docker.io/a__b/c--d/e.f:v1_2-3'],
    [`pause@${digest}`, `docker.io/library/pause@${digest}`],
    [`pause:3.10@${digest}`, `docker.io/library/pause:3.10@${digest}`],
  ])('%s', (text, full) => {
    expect(normalizeReference(text)).toBe(full)
    expect(normalizeReference(full)).toBe(full)
  })
})

test('parseReference separates tag and digest', () => {
  expect(parseReference(`registry.example.com:443/team/app:1@${digest}`)).toEqual({
    registry: 'registry.example.com:443',
    repository: 'team/app',
    tag: '1',
    digest,
  })
})

describe('an invalid reference is a usage error with the reason', () => {
  test.each([
    ['', 'the image name is missing'],
    [':2.0', 'the image name is missing'],
    ['registry.k8s.io/', 'the image name is missing'],
    ['Eclipse-Mosquitto:2.0', 'capital letters are not allowed'],
    ['eclipse mosquitto', '"library/eclipse mosquitto" is not a valid image name'],
    ['a//b', 'not a valid image name'],
    ['a/-b', 'not a valid image name'],
    ['pause:', '"" is not a valid tag'],
    ['pause:-1', '"-1" is not a valid tag'],
    [`pause:${'x'.repeat(129)}`, 'is not a valid tag'],
    ['pause@sha256:abc', 'the digest is not sha256:'],
    [`pause@sha256:${'A'.repeat(64)}`, 'the digest is not sha256:'],
    [`pause@${digest}@${digest}`, 'more than one @'],
    ['https://docker.io/pause', 'is not a valid'],
    ['bad_host.io:x/pause', 'not a valid registry host'],
  ])('%s', (text, why) => {
    expect(() => parseReference(text)).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringContaining(why) }),
    )
  })
})
