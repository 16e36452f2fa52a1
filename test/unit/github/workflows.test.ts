import { execFileSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser'
import { parseAction } from '@actions/workflow-parser/actions/index'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'

/** What GitHub's own parser, with the schema that GitHub uses, says against a file. */
function problemsOf(name: string, content: string): string[] {
  const look = name.endsWith('action.yml') ? parseAction : parseWorkflow
  const { context } = look({ name, content }, new NoOperationTraceWriter())
  return context.errors.getErrors().map(({ message }) => message)
}

interface Step {
  uses?: string
  run?: string
  shell?: string
  with?: Record<string, unknown>
}

interface Job {
  steps: Step[]
  permissions?: Record<string, string>
  'timeout-minutes'?: number
}

/** What is wrong with a script, by the shell that runs it. */
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

/** A workflow, or an action as if it were a workflow without jobs. */
function read(file: string): File {
  const text = readFileSync(file, 'utf8')
  const { permissions, jobs = {}, runs } = parse(text)
  const steps = Object.values(jobs as File['jobs']).flatMap(job => job.steps)
  return { text, permissions, jobs, steps: [...steps, ...(runs?.steps ?? [])] }
}

const workflows = globSync('.github/workflows/*.yml')

describe.each([...workflows, 'action.yml'])('%s', file => {
  const { text, steps } = read(file)

  test('GitHub understands it', () => {
    expect(problemsOf(file, text)).toEqual([])
  })

  test('foreign code is pinned by commit, with its version beside it', () => {
    const uses = text.split('\n').filter(line => /\buses:/.test(line))
    expect(uses).toHaveLength(steps.filter(step => step.uses).length)
    expect(uses.filter(line => !/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([])
  })

  test('scripts are well-formed, and nothing from outside is pasted into them', () => {
    const scripts = steps.filter(({ run }) => run !== undefined)
    expect(scripts.length).toBeGreaterThan(0)
    expect(scripts.map(syntaxProblem).filter(Boolean)).toEqual([])
    expect(scripts.filter(({ run }) => run?.includes('${{'))).toEqual([])
    expect(scripts.filter(({ run }) => /\b(curl|wget)\b|npx |npm i(nstall)?\b/.test(run ?? ''))).toEqual([])
  })
})

test.each(workflows)('%s has no more rights and no more time than it needs', file => {
  const { permissions, jobs } = read(file)
  expect(permissions).toEqual({ contents: 'read' })
  const writing = Object.entries(jobs).filter(([, job]) => job.permissions)
  for (const [name, job] of writing) {
    expect(job.permissions, name).toEqual({ contents: 'write' })
    // Where something may be written, nothing of the checkout runs.
    expect(
      job.steps.filter(({ uses }) => uses?.startsWith('actions/checkout')),
      name,
    ).toEqual([])
  }
  expect(Object.values(jobs).filter(job => job['timeout-minutes'] === undefined)).toEqual([])
  const checkouts = Object.values(jobs)
    .flatMap(job => job.steps)
    .filter(({ uses }) => uses?.startsWith('actions/checkout'))
  expect(checkouts.filter(step => step.with?.['persist-credentials'] !== false)).toEqual([])
})

test('the parser finds what GitHub would refuse', () => {
  const workflow =
    'on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo\n        shel: bash\n'
  expect(problemsOf('x.yml', workflow)).not.toEqual([])
  const action = 'name: x\ndescription: x\nruns:\n  using: composite\n  stepz: []\n'
  expect(problemsOf('action.yml', action)).not.toEqual([])
  expect(syntaxProblem({ run: 'for x in; do' })).toBeTruthy()
})

test('nothing is published that has not been installed on both architectures', () => {
  const { jobs } = parse(readFileSync('.github/workflows/build-release.yml', 'utf8'))
  expect(jobs.gate.needs).toBe('build')
  expect(jobs.publish.needs).toEqual(['build', 'gate'])
  expect(jobs.gate.strategy.matrix.include.map(({ arch }: { arch: string }) => arch)).toEqual([
    'amd64',
    'arm64',
  ])
  const writers = Object.keys(jobs).filter(name => jobs[name].permissions)
  expect(writers).toEqual(['publish'])
})
