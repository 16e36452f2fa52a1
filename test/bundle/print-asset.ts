// Program for test/bundle/executable.test.ts: prints one of its assets.
import { readAsset } from '../../src/lib/assets.ts'

process.stdout.write(readAsset(process.argv[2] ?? ''))
