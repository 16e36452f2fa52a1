// A program for test/bundle/executable.test.ts: prints one of the files it carries.
import { readAsset } from '../../src/lib/assets.ts'

process.stdout.write(readAsset(process.argv[2] ?? ''))
