import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Intercept } from './front.ts'

// Answers of products in front of a real registry. An Intercept that accepts a request removes the path of the product
// from its URL; the registry behind does the rest.

type Answer = (request: IncomingMessage, response: ServerResponse) => true

/** Log in as anybody at all: what counts here is where a product expects the path. */
const token = '{"token":"open-sesame"}'

const here = (request: IncomingMessage): string => `http://${request.headers.host}`

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify(body))
    return true
  }

/** Status and error code as the distribution specification has them. */
export const refuse = (status: number, code: string, message: string, headers = {}): Answer =>
  json(status, { errors: [{ code, message }] }, headers)

export const page =
  (status = 200, text = '<!DOCTYPE html><title>Welcome</title>'): Answer =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' }).end(text)
    return true
  }

export const redirect =
  (location: string): Answer =>
  (_, response) => {
    response.writeHead(307, { location }).end()
    return true
  }

/** Harbor: projects are part of the name; every other path is its user interface. Tokens come from /service/token. */
export const harbor =
  (project: string): Intercept =>
  (request, response) => {
    const url = request.url ?? ''
    if (url.startsWith('/service/token')) {
      response.end(token)
      return true
    }
    const [, name = '', image = '', rest = ''] =
      /^\/v2\/([^/]+)\/(.+)\/((?:manifests|blobs)\/.*)$/.exec(url) ?? []
    if (name === '')
      return page(200, '<!DOCTYPE html><title>Harbor</title><harbor-app></harbor-app>')(request, response)
    if (request.headers.authorization !== 'Bearer open-sesame') {
      const scope = `repository:${name}/${image}:pull`
      const challenge = `Bearer realm="${here(request)}/service/token",service="harbor-registry",scope="${scope}"`
      const message = `unauthorized to access repository: ${name}/${image}, action: pull`
      return refuse(401, 'UNAUTHORIZED', message, { 'www-authenticate': challenge })(request, response)
    }
    if (name !== project) return refuse(404, 'NOT_FOUND', `project ${name} not found`)(request, response)
    request.url = `/v2/${image}/${rest}`
    return false
  }

/** Artifactory: the repository is part of the name, or the end of a path before /v2. Tokens have no scope in the challenge. */
export const artifactory =
  (repository: string): Intercept =>
  (request, response) => {
    const url = request.url ?? ''
    if (url.startsWith('/v2/token')) {
      response.end(token)
      return true
    }
    const path =
      /^\/artifactory\/api\/docker\/([^/]+)\/v2\/(.*)$/.exec(url) ?? /^\/v2\/([^/]+)\/(.*)$/.exec(url)
    const [, name = '', rest = ''] = path ?? []
    if (name === '')
      return json(404, { errors: [{ status: 404, message: 'File not found.' }] })(request, response)
    const challenge = `Bearer realm="${here(request)}/v2/token",service="${request.headers.host}"`
    if (request.headers.authorization !== 'Bearer open-sesame')
      return refuse(401, 'UNAUTHORIZED', 'The client does not have permission', {
        'www-authenticate': challenge,
      })(request, response)
    if (name !== repository)
      return refuse(404, 'NAME_UNKNOWN', `Repository '${name}' not found`)(request, response)
    request.url = `/v2/${rest}`
    return false
  }

/** Nexus: a path before /v2, basic authentication; everything else is a page. */
export const nexus =
  (repository: string): Intercept =>
  (request, response) => {
    const [, name, rest = ''] = /^\/repository\/([^/]+)\/v2\/(.*)$/.exec(request.url ?? '') ?? []
    if (name !== repository)
      return page(404, '<!DOCTYPE html><title>404 - Nexus Repository</title>')(request, response)
    request.url = `/v2/${rest}`
    return false
  }

/** Amazon ECR: the prefix of the cache rule is part of the name, basic authentication, layers in S3 at `storage`. */
export const ecr =
  (prefix: string, authorization: string, storage: string): Intercept =>
  (request, response) => {
    const [, image = '', rest = ''] = /^\/v2\/(.+)\/((?:manifests|blobs)\/.*)$/.exec(request.url ?? '') ?? []
    if (image === '') return json(404, { message: 'not found' })(request, response)
    if (request.headers.authorization !== authorization) {
      response.writeHead(401, {
        'www-authenticate': `Basic realm="${here(request)}/",service="ecr.amazonaws.com"`,
      })
      response.end('Not Authorized\n')
      return true
    }
    if (!image.startsWith(`${prefix}/`))
      return refuse(
        404,
        'NAME_UNKNOWN',
        `The repository with name '${image}' does not exist`,
      )(request, response)
    request.url = `/v2/${image.slice(prefix.length + 1)}/${rest}`
    return rest.startsWith('blobs/') ? redirect(`${storage}${request.url}`)(request, response) : false
  }

/** GitLab: the dependency proxy of a group is part of the name, tokens come from /jwt/auth; other paths ask to sign in. */
export const gitlab =
  (group: string): Intercept =>
  (request, response) => {
    const url = request.url ?? ''
    if (url.startsWith('/jwt/auth?service=dependency_proxy')) {
      response.end(token)
      return true
    }
    if (url === '/users/sign_in') return page(200, '<!DOCTYPE html><title>Sign in</title>')(request, response)
    const prefix = `/v2/${group}/dependency_proxy/containers/`
    if (!url.startsWith(prefix)) return redirect('/users/sign_in')(request, response)
    if (request.headers.authorization !== 'Bearer open-sesame') {
      const challenge = `Bearer realm="${here(request)}/jwt/auth",service="dependency_proxy"`
      response.writeHead(401, { 'www-authenticate': challenge }).end('{}')
      return true
    }
    request.url = `/v2/${url.slice(prefix.length)}`
    return false
  }
