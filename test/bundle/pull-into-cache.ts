// A program for test/bundle/cache.test.ts: pulls an image from a registry into a cache, as one of several processes.
import { BlobStore } from '../../src/oci/cache/blob-store.ts'
import { parseMirrors } from '../../src/oci/registry/mirrors.ts'
import { Registry } from '../../src/oci/registry/registry.ts'
import { pullImage } from '../../src/oci/sources/pull.ts'

const [url = '', cache = ''] = process.argv.slice(2)
const registry = new Registry({ mirrors: parseMirrors([`docker.io=${url}`]) })
const image = { reference: 'app:1.0', platform: 'linux/amd64' } as const
process.stdout.write(JSON.stringify(await pullImage({ ...image, registry, store: new BlobStore(cache) })))
