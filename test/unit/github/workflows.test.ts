import { execFileSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser'
import { parseAction } from '@actions/workflow-parser/actions/index'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { vmReleases } from '../../../lab/vm/tree.ts'

/** Errors that GitHub's own parser, with the schema GitHub uses, reports for a file. */
function problemsOf(name: string, content: string): string[] {
  const parseFile = name.endsWith('action.yml') ? parseAction : parseWorkflow
  const { context } = parseFile({ name, content }, new NoOperationTraceWriter())
  return context.errors.getErrors().map(({ message }) => message)
}

interface Step {
  uses?: string
  run?: string
  shell?: string
  with?: Record<string, unknown>
  env?: Record<string, string>
}

interface Job {
  'runs-on': string
  steps: Step[]
  strategy?: { matrix: Record<string, string[]> }
  permissions?: Record<string, string>
  'timeout-minutes'?: number
}

/** The shell's own error for a script, if it cannot parse it. */
function syntaxProblem({ run = '' }: Step): string | undefined {
  try {
    execFileSync('bash', ['-n'], { input: run, stdio: ['pipe', 'pipe', 'pipe'] })
    return undefined
  } catch (error) {
    return String(error)
  }
}

interface File {
  text: string
  permissions?: Record<string, string>
  jobs: Record<string, Job>
  steps: Step[]
}

/** A workflow, or an action read as a workflow without jobs. */
function read(file: string): File {
  const text = readFileSync(file, 'utf8')
  const { permissions, jobs = {}, runs } = parse(text)
  const steps = Object.values(jobs as File['jobs']).flatMap(job => job.steps)
  return { text, permissions, jobs, steps: [...steps, ...(runs?.steps ?? [])] }
}

const workflows = globSync('.github/workflows/*.yml')

describe.each([...workflows, 'action.yml'])('%s', file => {
  const { text, steps } = read(file)

  test("passes GitHub's parser", () => {
    expect(problemsOf(file, text)).toEqual([])
  })

  test('pins every action by commit, with its version in a comment', () => {
    const uses = text.split('\n').filter(line => /\buses:/.test(line))
    expect(uses).toHaveLength(steps.filter(step => step.uses).length)
    expect(uses.filter(line => !/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([])
  })

  test('has valid scripts without interpolated input or downloads', () => {
    const scripts = steps.filter(({ run }) => run !== undefined)
    expect(scripts.length).toBeGreaterThan(0)
    expect(scripts.map(syntaxProblem).filter(Boolean)).toEqual([])
    expect(scripts.filter(({ run }) => run?.includes('${{'))).toEqual([])
    expect(scripts.filter(({ run }) => /\b(curl|wget)\b|npx |npm i(nstall)?\b/.test(run ?? ''))).toEqual([])
  })
})

test.each(workflows)('%s has least privilege and a timeout for every job', file => {
  const { permissions, jobs } = read(file)
  expect(permissions).toEqual({ contents: 'read' })
  const writing = Object.entries(jobs).filter(([, job]) => job.permissions)
  for (const [name, job] of writing) {
    expect(job.permissions, name).toEqual({ contents: 'write' })
    // A job that can write runs no code from the checkout.
    expect(
      job.steps.filter(({ uses }) => uses?.startsWith('actions/checkout')),
      name,
    ).toEqual([])
  }
  expect(Object.values(jobs).filter(job => job['timeout-minutes'] === undefined)).toEqual([])
  const steps = Object.values(jobs).flatMap(job => job.steps)
  const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout'))
  expect(checkouts.filter(step => step.with?.['persist-credentials'] !== false)).toEqual([])
  const setups = steps.filter(({ uses }) => uses?.startsWith('actions/setup-node'))
  expect(setups.map(step => step.with)).toEqual(setups.map(() => ({ 'node-version-file': '.nvmrc' })))
})

test("GitHub's parser and bash report what GitHub would refuse", () => {
  const workflow =
    'on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo\n        shel: bash\n'
  expect(problemsOf('x.yml', workflow)).not.toEqual([])
  const action = 'name: x\ndescription: x\nruns:\n  using: composite\n  stepz: []\n'
  expect(problemsOf('action.yml', action)).not.toEqual([])
  expect(syntaxProblem({ run: 'for x in; do' })).toContain('syntax error')
})

test('the release publishes only what was installed on both architectures', () => {
  const { jobs } = parse(readFileSync('.github/workflows/build-release.yml', 'utf8'))
  expect(jobs.gate.needs).toBe('assemble')
  expect(jobs.publish.needs).toEqual(['assemble', 'gate'])
  expect(jobs.gate.strategy.matrix.include.map(({ arch }: { arch: string }) => arch)).toEqual([
    'amd64',
    'arm64',
  ])
  const writers = Object.keys(jobs).filter(name => jobs[name].permissions)
  expect(writers).toEqual(['publish'])
})

test('only the job that signs has the key, and it checks nothing out', () => {
  const { jobs } = read('.github/workflows/build-release.yml')
  const withSecrets = Object.keys(jobs).filter(name => JSON.stringify(jobs[name]).includes('secrets.'))
  expect(withSecrets).toEqual(['sign'])
  expect(jobs['sign']?.steps.map(({ uses }) => uses?.split('@')[0])).toEqual([
    'actions/download-artifact',
    undefined,
    'actions/upload-artifact',
  ])
})

test('the weekly workflow runs the matrices, the power cuts, all brokers, and all tests on arm64', () => {
  const { on, jobs } = parse(readFileSync('.github/workflows/weekly.yml', 'utf8'))
  expect(on.schedule).toEqual([{ cron: expect.stringMatching(/^\d+ \d+ \* \* [0-6]$/) }])
  const lastCommand = ({ steps }: Job) => steps.at(-1)?.run?.replace('sudo --preserve-env=PATH,CI ', '')
  expect(Object.values<Job>(jobs).map(job => [job['runs-on'], lastCommand(job)])).toEqual([
    ['ubuntu-24.04', 'npm run test:full'],
    ['ubuntu-24.04', 'sudo --preserve-env=PATH,CI,EDGEKIT_TEST_VM,EDGEKIT_TEST_POINTS npm run test:vm'],
    ['ubuntu-24.04', 'npm run test:brokers'],
    ['ubuntu-24.04-arm', 'npm test'],
  ])
  const powerCuts: Job = jobs['power-cuts']
  expect(powerCuts.strategy?.matrix).toEqual({ release: vmReleases })
  expect(powerCuts.steps.at(-1)?.env).toEqual({
    EDGEKIT_TEST_VM: '^${{ matrix.release }}:',
    EDGEKIT_TEST_POINTS: '12',
  })
})
