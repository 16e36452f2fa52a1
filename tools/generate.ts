// Writes the files that are generated from the source: npm run generate. A test fails when one is out of date.

import { writeFile } from 'node:fs/promises'
import { generatedFiles } from './generate/files.ts'

await Promise.all([...generatedFiles()].map(([path, text]) => writeFile(path, text)))
