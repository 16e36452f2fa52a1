import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Those that take minutes, the longest first: what begins last keeps everybody waiting. */
const long = ['faults-bookworm', 'faults-trixie', 'crash', 'runtime', 'install', 'interrupted', 'options']

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = long.findIndex(name => moduleId.endsWith(`/test/node/${name}.test.ts`))
      return at === -1 ? long.length : at
    }
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other))
  }
}

const restoreMocks = true

export default defineConfig({
  test: {
    // The tests on nodes wait more than they work: one more at a time than a small machine has cores.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        // Not a word about source maps that a dependency does not bring.
        logLevel: 'error',
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          // It imports its schemas without the attribute that Node.js wants.
          server: { deps: { inline: [/@actions\/workflow-parser/] } },
          // Beside tests on nodes they may have to wait for a processor.
          testTimeout: 30_000,
          hookTimeout: 60_000,
          // A process for each of a hundred files, which loads everything again, takes as long as half of the tests.
          isolate: false,
          unstubEnvs: true,
          restoreMocks,
        },
      },
      {
        test: {
          name: 'bundle',
          include: ['test/bundle/**/*.test.ts'],
          globalSetup: 'lab/vitest-setup.ts',
          testTimeout: 180_000,
          hookTimeout: 180_000,
          restoreMocks,
        },
      },
      {
        test: {
          name: 'brokers',
          include: ['test/brokers/**/*.test.ts'],
          // Those that need other languages' runtimes; only `npm run test:brokers` asks for them.
          exclude: process.env['EDGEKIT_TEST_BROKERS'] ? [] : ['test/brokers/heavy*.test.ts'],
          globalSetup: 'lab/vitest-setup-brokers.ts',
          // They wait more than they work.
          maxConcurrency: 8,
          fileParallelism: false,
          testTimeout: 300_000,
          restoreMocks,
        },
      },
      // Hours: every place at which an install can be interrupted. Only `npm run test:full` asks for it.
      ...(process.env['EDGEKIT_TEST_FULL']
        ? [
            {
              test: {
                name: 'full',
                include: ['test/full/**/*.test.ts'],
                globalSetup: 'lab/vitest-setup.ts',
                maxConcurrency: 3,
                hookTimeout: 300_000,
                restoreMocks,
              },
            },
          ]
        : []),
      // An hour or more, in virtual machines. Only `npm run test:vm` asks for it.
      ...(process.env['EDGEKIT_TEST_VM']
        ? [
            {
              test: {
                name: 'vm',
                include: ['test/vm/**/*.test.ts'],
                globalSetup: 'lab/vitest-setup.ts',
                restoreMocks,
              },
            },
          ]
        : []),
      {
        test: {
          name: 'node',
          include: ['test/node/**/*.test.ts'],
          globalSetup: ['lab/vitest-setup.ts', 'lab/vitest-setup-nodes.ts'],
          // With more of them at once each takes minutes, and all of them no less.
          maxConcurrency: 2,
          testTimeout: 400_000,
          hookTimeout: 400_000,
          restoreMocks,
        },
      },
    ],
  },
})
