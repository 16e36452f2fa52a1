import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { writeAppImage } from '../../lab/registry/app-image.ts'
import { type Front, type Intercept, startFront } from '../../lab/registry/front.ts'
import { artifactory, ecr, gitlab, harbor, nexus } from '../../lab/registry/products.ts'
import { pullApp } from '../../lab/registry/pull-app.ts'
import { type LabRegistry, pushImage, startRegistry } from '../../lab/registry/registry.ts'
import { localPrograms } from '../../src/node/processes/programs.ts'
import { BlobStore } from '../../src/oci/cache/blob-store.ts'
import { dockerCredentials } from '../../src/oci/registry/credentials.ts'

let directory: string
let server: LabRegistry
let storage: Front
let store: BlobStore

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-mirrors-'))
  server = await startRegistry()
  storage = await startFront(server.url)
  const { layout } = await writeAppImage(join(directory, 'app'))
  await pushImage(server.url, 'library/app', '1.0', layout)
})
afterAll(async () => {
  await storage[Symbol.asyncDispose]()
  await server.stop()
  await rm(directory, { recursive: true })
})
beforeEach(async () => {
  store = new BlobStore(await mkdtemp(join(directory, 'store-')))
})

const password = Buffer.from('AWS:ecr-password').toString('base64')

/** Credentials of the password above for a front, as after `docker login`. */
async function loggedIn({ url }: Front) {
  const file = join(store.directory, 'config.json')
  await writeFile(file, JSON.stringify({ auths: { [new URL(url).host]: { auth: password } } }))
  return dockerCredentials(file, localPrograms())
}

const products: Record<string, () => Intercept> = {
  'Harbor proxy cache': () => harbor('dockerhub'),
  Artifactory: () => artifactory('docker-remote'),
  Nexus: () => nexus('docker-proxy'),
  'Amazon ECR pull-through cache': () => ecr('docker-hub', `Basic ${password}`, storage.url),
  'GitLab dependency proxy': () => gitlab('team/site'),
}

describe('a mirror with a path', () => {
  test.each([
    ['Harbor proxy cache', '/dockerhub', '/v2/dockerhub'],
    ['Harbor proxy cache', '/dockerhub/', '/v2/dockerhub'],
    ['Harbor proxy cache', '/v2/dockerhub', '/v2/dockerhub'],
    ['Artifactory', '/docker-remote', '/v2/docker-remote'],
    ['Artifactory', '/artifactory/api/docker/docker-remote', '/artifactory/api/docker/docker-remote/v2'],
    ['Artifactory', '/artifactory/api/docker/docker-remote/v2', '/artifactory/api/docker/docker-remote/v2'],
    ['Nexus', '/repository/docker-proxy', '/repository/docker-proxy/v2'],
    ['Amazon ECR pull-through cache', '/docker-hub', '/v2/docker-hub'],
    [
      'GitLab dependency proxy',
      '/team/site/dependency_proxy/containers',
      '/v2/team/site/dependency_proxy/containers',
    ],
  ])('%s: %s', async (product, path, root) => {
    await using front = await startFront(server.url, products[product]?.())
    const image = await pullApp(front.url + path, store, { credentials: await loggedIn(front) })
    expect(image.layers).toHaveLength(2)
    // One request can miss: from then on, the place of the path is known.
    const misses = front.requests.filter(
      request => /manifests|blobs/.test(request) && !request.startsWith(`GET ${root}/library/app/`),
    )
    expect(misses.length).toBeLessThanOrEqual(2)
    expect(misses.filter(request => request.includes('blobs'))).toEqual([])
  })

  test.each([
    [
      'Harbor proxy cache',
      '/dokcerhub',
      'HTTP 404: NOT_FOUND (project dokcerhub not found)',
      'Check the image name',
    ],
    [
      'Artifactory',
      '/docker-local',
      "HTTP 404: NAME_UNKNOWN (Repository 'docker-local' not found)",
      'Check the image name',
    ],
    [
      'Artifactory',
      '/artifactory/api/docker/docker-local',
      "HTTP 404: NAME_UNKNOWN (Repository 'docker-local' not found)",
      'Check the image name',
    ],
    [
      'Nexus',
      '/repository/docker-local',
      /neither http:\S+\/v2\/repository\/docker-local nor http:\S+\/repository\/docker-local\/v2 is the API of a registry/,
      'Correct the URL of the mirror',
    ],
    [
      'Amazon ECR pull-through cache',
      '/hub',
      "HTTP 404: NAME_UNKNOWN (The repository with name 'hub/library/app' does not exist)",
      'Check the image name',
    ],
    [
      'GitLab dependency proxy',
      '/team/site',
      /neither http:\S+\/v2\/team\/site nor http:\S+\/team\/site\/v2 is the API of a registry/,
      'Correct the URL of the mirror',
    ],
  ])('%s, without that path: %s', async (product, path, message, remedy) => {
    await using front = await startFront(server.url, products[product]?.())
    const failure = pullApp(front.url + path, store, { credentials: await loggedIn(front) })
    await expect(failure).rejects.toThrow(message)
    await expect(failure).rejects.toMatchObject({ exitCode: 3, remedy: expect.stringContaining(remedy) })
  })

  test('is not tried at a second place with rejected credentials', async () => {
    const refused = ecr('docker-hub', 'Basic other', storage.url)
    await using front = await startFront(server.url, refused)
    await expect(
      pullApp(`${front.url}/docker-hub`, store, { credentials: await loggedIn(front) }),
    ).rejects.toThrow('rejected the credentials')
    expect(front.requests).toHaveLength(2)
  })
})
