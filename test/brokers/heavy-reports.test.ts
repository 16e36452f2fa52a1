import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LabChromium, startChromium } from '../../lab/chromium.ts'
import { formatBrokerBenchHtml } from '../../src/ui/html/broker-bench.ts'
import { formatBrokerTestHtml } from '../../src/ui/html/broker-test.ts'
import { formatDoctorHtml } from '../../src/ui/html/doctor.ts'
import { plainText } from '../../src/ui/print.ts'
import { benchReport, doctorReport, hostile, testReport } from '../unit/ui/html/samples.ts'

let lab: LabChromium
let browser: Browser
beforeAll(async () => {
  lab = await startChromium()
  browser = await chromium.connectOverCDP(lab.endpoint)
}, 600_000)
afterAll(async () => {
  await browser?.close()
  await lab?.stop()
})

/** Open a file as from a stick. Returns what the page requested, besides itself, and what it complained of. */
async function open(
  name: string,
  text: string,
): Promise<{ page: Page; requests: string[]; complaints: string[] }> {
  await writeFile(join(lab.files, name), text)
  const context = await browser.newContext()
  const page = await context.newPage()
  const [requests, complaints]: [string[], string[]] = [[], []]
  const url = `file:///mnt/${name}`
  page.on('request', request => void (request.url() === url || requests.push(request.url())))
  page.on('console', message => void complaints.push(message.text()))
  page.on('pageerror', error => void complaints.push(error.message))
  page.on('dialog', dialog => void complaints.push(dialog.message()))
  await page.goto(url)
  return { page, requests, complaints }
}

// Text, because the tests are compiled without the types of browsers.
const background = (page: Page): Promise<string> =>
  page.evaluate<string>('getComputedStyle(document.body).backgroundColor')

/** Adds a script to the page, as a fault of ours would. Returns whether it ran. */
const runsScripts = (page: Page): Promise<boolean> =>
  page.evaluate<boolean>(`
    const script = document.createElement('script')
    script.textContent = 'document.title = "it ran"'
    document.body.append(script)
    document.title === 'it ran'`)

describe.each([
  ['broker-bench', formatBrokerBenchHtml(benchReport(hostile))],
  ['broker-test', formatBrokerTestHtml(testReport(hostile))],
  ['doctor', formatDoctorHtml(doctorReport(hostile))],
])('%s', (name, report) => {
  test('opens without a request, and runs nothing', async () => {
    const { page, requests, complaints } = await open(`${name}.html`, plainText(report))
    expect(await page.locator('h1').count()).toBe(1)
    // Texts of strangers are there, as text.
    expect(await page.locator('body').innerText()).toContain('<script>alert(1)</script>')
    expect(complaints).toEqual([])
    expect(await runsScripts(page)).toBe(false)
    expect(requests).toEqual([])
    await page.context().close()
  })

  test('is readable in the light, in the dark, on a phone, and on paper', async () => {
    const { page } = await open(`${name}.html`, plainText(report))
    await page.emulateMedia({ colorScheme: 'light' })
    expect(await background(page)).toBe('rgb(255, 255, 255)')
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await background(page)).toBe('rgb(13, 17, 23)')
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    expect(await background(page)).toBe('rgb(255, 255, 255)')
    expect((await page.pdf()).subarray(0, 5).toString()).toBe('%PDF-')
    await page.emulateMedia({ media: 'screen', colorScheme: 'light' })
    await page.setViewportSize({ width: 390, height: 844 })
    // Only wide tables scroll, in a frame of their own.
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
    await page.context().close()
  })
})

test('the control: without the policy a script runs, and a request is seen', async () => {
  const { page, requests } = await open('control.html', '<body><img src="control.png"></body>')
  expect(await runsScripts(page)).toBe(true)
  expect(requests).toEqual(['file:///mnt/control.png'])
  await page.context().close()
})
