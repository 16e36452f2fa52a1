import { expect, test } from 'vitest'
import { nearest } from '../../../src/lib/nearest.ts'

test.each([
  ['instal', 'install'],
  ['INSTALL', 'install'],
  ['docotr', 'doctor'],
  ['dctr', 'doctor'],
  ['uninstal', 'uninstall'],
  ['frobnicate', undefined],
  ['', undefined],
])('nearest to "%s": %s', (word, candidate) => {
  expect(nearest(word, ['install', 'uninstall', 'doctor'])).toBe(candidate)
})

test('one typo in a short word is close, replacing it is not', () => {
  expect(nearest('lz', ['ls'])).toBe('ls')
  expect(nearest('xy', ['ls'])).toBeUndefined()
})
