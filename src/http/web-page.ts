/** Whether a body with this Content-Type is a web page. */
export const isPageType = (type: string | undefined): boolean =>
  /^\s*(?:text\/html|application\/xhtml)/i.test(type ?? '')

/** Whether bytes begin like a web page, whatever they are served as: networks with a login page answer any request with it. */
export const looksLikePage = (bytes: Uint8Array): boolean =>
  /^\s*<(?:!doctype html|html|head|body|script)/i.test(Buffer.from(bytes.subarray(0, 200)).toString())
