import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, test } from 'vitest'
import { openApi } from '../../../../src/devices/api/openapi.ts'
import { routes } from '../../../../src/devices/api/routes.ts'

interface Document {
  paths: Record<string, Record<string, { parameters?: object[]; responses: object; security?: [] }>>
  components: { schemas: Record<string, object> }
}
const document = openApi('1.2.3') as Document

test('the document is valid OpenAPI 3.1', async () => {
  const { valid, errors } = await new Validator().validate({ ...openApi('1.2.3') })
  expect(errors).toBeUndefined()
  expect(valid).toBe(true)
})

test('every reference has a schema', () => {
  const names = JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)
  const used = new Set([...names].map(([, name = '']) => name))
  expect([...used].toSorted()).toEqual(Object.keys(document.components.schemas).toSorted())
})

test('it has every route, and only /healthz needs no token', () => {
  const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { security }]) => [method.toUpperCase(), path, security]),
  )
  expect(documented).toHaveLength(routes.length)
  expect(documented.filter(([, , security]) => security !== undefined)).toEqual([['GET', '/healthz', []]])
})

test('a command has the states of the service', () => {
  expect(Object.keys(document.paths['/devices/{device_id}/control']?.['post']?.responses ?? {})).toEqual([
    '200',
    '202',
    '400',
    '401',
    '404',
    '409',
    '413',
    '422',
    '500',
    '503',
    '504',
  ])
  expect(document.components.schemas['ControlRequest']).toEqual({
    type: 'object',
    properties: {
      action: { type: 'string', minLength: 1, maxLength: 128 },
      params: { type: 'object', propertyNames: { type: 'string' }, additionalProperties: {} },
      request_id: {
        type: 'string',
        pattern: '^(?!\\.{1,2}$)[\\w.:-]{1,128}$',
        description: 'Can be used once. Generated if it is missing.',
      },
      timeout_seconds: {
        type: 'integer',
        minimum: 1,
        maximum: 300,
        description: 'Time for the answer of the device; the broker drops the command afterwards.',
      },
    },
    required: ['action'],
    additionalProperties: false,
  })
})
