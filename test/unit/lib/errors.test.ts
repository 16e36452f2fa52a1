import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { messageOf } from '../../../src/lib/errors.ts'

const thrownBy = async (work: () => unknown): Promise<unknown> => {
  try {
    await work()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

test.each<[string, () => unknown, string]>([
  ['an absent file', () => readFile('/nonexistent'), 'no such file or directory'],
  ['a directory', () => readFile('/'), 'it is a directory'],
  ['a closed port', () => once(request('http://127.0.0.1:1'), 'response'), 'connection refused'],
  ['an unknown host', () => once(request('http://host.invalid'), 'response'), 'host name not found'],
  // zlib errors have an errno that means something else.
  ['damaged gzip', () => gunzipSync(Buffer.from('text')), 'incorrect header check'],
  ['an error of edgekit', () => Promise.reject(new Error('own words')), 'own words'],
  ['a string', () => Promise.reject('text'), 'text'],
])('the message of %s has no errno name', async (_, work, message) => {
  expect(messageOf(await thrownBy(work))).toBe(message)
})
