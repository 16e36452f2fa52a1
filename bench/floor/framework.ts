// What loading the command framework costs before it does anything.
import { Command } from '@oclif/core'

process.stdout.write(`${typeof Command}\n`)
