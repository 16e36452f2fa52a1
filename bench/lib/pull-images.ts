// A program for bench/bundle.ts: brings images into a cache as `edgekit bundle` does. URL of the registry, cache, names.
import { BlobStore } from '../../src/images/blob-store.ts'
import { parseMirrors } from '../../src/images/mirrors.ts'
import { Registry } from '../../src/images/registry.ts'
import { fetchImages } from '../../src/images/source.ts'
import { localPrograms } from '../../src/node/programs.ts'
import { hostArch } from '../../tools/runtime.ts'

const [url = '', cache = '', ...names] = process.argv.slice(2)
const registry = new Registry({ mirrors: parseMirrors([`docker.io=${url}`]) })
void fetchImages(
  names.map(reference => ({ reference })),
  { registry, store: new BlobStore(cache), programs: localPrograms(), platform: `linux/${hostArch()}` },
)
