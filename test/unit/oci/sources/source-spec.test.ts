import { expect, test } from 'vitest'
import { parseSource } from '../../../../src/oci/sources/source-spec.ts'

test.each([
  ['oci:dir', { kind: 'oci', path: 'dir', name: undefined }],
  ['oci:/a/b:1.0', { kind: 'oci', path: '/a/b', name: '1.0' }],
  [
    'oci-archive:a.tar:localhost:5000/app:1.0',
    { kind: 'oci-archive', path: 'a.tar', name: 'localhost:5000/app:1.0' },
  ],
  ['docker-archive:a.tar', { kind: 'docker-archive', path: 'a.tar', name: undefined }],
  ['docker-daemon:app:1.0', { kind: 'docker-daemon', name: 'app:1.0' }],
  ['docker-daemon:', { kind: 'docker-daemon', name: undefined }],
])('%s', (text, source) => {
  expect(parseSource(text)).toEqual(source)
})

test.each(['app:1.0', 'oci:', 'oci', 'oci-archive::x', 'ftp:x', 'docker-daemon:--help', 'docker-daemon:App'])(
  'refuses %s',
  text => {
    expect(() => parseSource(text)).toThrow(expect.objectContaining({ exitCode: 2 }))
  },
)
