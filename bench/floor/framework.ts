// Loads the command framework and does nothing with it.
import { Command } from '@oclif/core'

process.stdout.write(`${typeof Command}\n`)
