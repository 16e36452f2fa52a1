/** A request that cannot be fulfilled: what the client gets (RFC 9457). */
export class HttpProblem extends Error {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly requestId: string | undefined

  constructor(
    status: number,
    detail: string,
    { headers = {}, requestId }: { headers?: Record<string, string>; requestId?: string } = {},
  ) {
    super(detail)
    this.status = status
    this.headers = headers
    this.requestId = requestId
  }
}
