// A program for bench/bundle.ts: brings images into a cache as `edgekit bundle` does. URL of the registry, cache, names.

import { localPrograms } from '../../src/node/processes/programs.ts'
import { BlobStore } from '../../src/oci/cache/blob-store.ts'
import { parseMirrors } from '../../src/oci/registry/mirrors.ts'
import { Registry } from '../../src/oci/registry/registry.ts'
import { fetchImages } from '../../src/oci/sources/fetch-image.ts'
import { hostArch } from '../../tools/node-runtime.ts'

const [url = '', cache = '', ...names] = process.argv.slice(2)
const registry = new Registry({ mirrors: parseMirrors([`docker.io=${url}`]) })
void fetchImages(
  names.map(reference => ({ reference })),
  { registry, store: new BlobStore(cache), programs: localPrograms(), platform: `linux/${hostArch()}` },
)
