import { expect, test } from 'vitest'
import { explain, type Pull } from '../../../../src/oci/registry/explanations.ts'

const answer: Pull = {
  by: 'registry',
  origin: 'https://registry.example',
  registry: 'https://registry.example',
  server: 'registry.example',
  host: 'registry.example',
  address: 'https://registry.example',
  place: 'config.json',
  mirror: 'use another mirror',
  isMirror: false,
  status: 404,
  reason: '',
  summary: 'HTTP 404',
  isPage: false,
  isOfApi: true,
  login: 'nothing',
}

// The other explanations are in test/bundle, where servers answer.
test.each<[string, Partial<Pull>, string, string]>([
  [
    'a mirror that is asked without TLS',
    {
      by: 'redirect target',
      address: 'http://registry.example/hub',
      registry: 'http://registry.example',
      status: 401,
    },
    'http://registry.example/hub redirects to https://registry.example (HTTP 404)',
    'Use the URL that it redirects to: https://registry.example/hub',
  ],
  [
    'deleted storage',
    { by: 'redirect target', server: 's3.example', origin: 'https://s3.example', status: 410 },
    'registry.example redirects to s3.example, which does not have the content (HTTP 404)',
    'Push the image again, or use another mirror: the registry has lost part of it.',
  ],
  [
    'a clock that is behind',
    {
      by: 'redirect target',
      server: 's3.example',
      origin: 'https://s3.example',
      status: 403,
      reason: 'RequestTimeTooSkewed',
    },
    'registry.example redirects to s3.example, which finds the link expired (HTTP 404)',
    'Correct the clock of registry.example: it dates the links to its storage.',
  ],
  [
    'a mirror that is a web server',
    { isPage: true, isMirror: true, status: 200 },
    'registry.example returned a web page, not an image',
    'Correct the URL of the mirror: https://registry.example is not the API of a registry.',
  ],
  [
    'legal reasons',
    { isPage: true, status: 451 },
    'registry.example refuses access from this network with a web page (HTTP 404)',
    'Allow registry.example in the firewall and proxy of this network, or use another mirror.',
  ],
  [
    'an account at its limit',
    { login: 'token', status: 429 },
    'registry.example limits requests: HTTP 404',
    'Wait, then retry, or use another mirror.',
  ],
  [
    'an account that may not read the image',
    { login: 'token', status: 401 },
    'HTTP 404',
    'Check that the credentials for registry.example in config.json can read this image.',
  ],
  [
    'yesterday’s password of Amazon ECR',
    { login: 'credentials', status: 401, host: '1.dkr.ecr.eu-west-1.amazonaws.com' },
    '1.dkr.ecr.eu-west-1.amazonaws.com rejected the credentials from config.json (HTTP 404)',
    'Log in again:\n  aws ecr get-login-password --region eu-west-1 | docker login --username AWS --password-stdin 1.dkr.ecr.eu-west-1.amazonaws.com',
  ],
  [
    'a busy registry',
    { status: 503 },
    'HTTP 404',
    'Retry later, or use another mirror: the registry is failing.',
  ],
])('%s', (_, changes, reason, remedy) => {
  const explained = explain({ ...answer, ...changes })
  expect(explained.reason).toBe(reason)
  expect(explained.remedy).toContain(remedy)
})
