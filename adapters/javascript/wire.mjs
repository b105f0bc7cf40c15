/** Speaks the suite's protocol, version 1: one JSON-RPC message a line. Nothing here knows an SDK. */

export const PROTOCOL = 1

const METHODS = ['start', 'reset', 'configure', 'call', 'run', 'stop']

/** The adapter cannot do what it was asked; the SDK has no part in it. */
export class Fault extends Error {
  constructor(code, message) {
    super(message)
    this.code = code
  }
}

/** Answers requests with the methods of an adapter until it has stopped or nobody asks. */
export async function serve(adapter) {
  // Replies have standard output for themselves; whatever else is printed goes to standard error.
  const write = process.stdout.write.bind(process.stdout)
  process.stdout.write = process.stderr.write.bind(process.stderr)
  for await (const line of lines(process.stdin)) {
    const { stopped, ...message } = await reply(adapter, line)
    await new Promise(sent => { write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`, sent) })
    if (stopped) return
  }
}

// readline would also break lines at U+2028, which JSON leaves as it is.
async function* lines(stream) {
  let rest = ''
  for await (const chunk of stream.setEncoding('utf8')) {
    rest += chunk
    if (chunk.includes('\n')) {
      const whole = rest.split('\n')
      rest = whole.pop()
      yield* whole
    }
  }
}

/** The reply to a line, and whether it is the last one. */
async function reply(adapter, line) {
  let request
  try {
    request = JSON.parse(line)
  } catch (error) {
    return { id: null, error: { code: -32700, message: error.message } }
  }
  const id = request?.id ?? null
  try {
    return { id, result: await answer(adapter, request), stopped: request.method === 'stop' }
  } catch (error) {
    const code = error instanceof Fault ? error.code : -32603
    return { id, error: { code, message: String(error?.message ?? error) } }
  }
}

async function answer(adapter, request) {
  const { method, params = {} } = Object(request)
  if (typeof method !== 'string') throw new Fault(-32600, 'The line is JSON, but not a request.')
  if (!METHODS.includes(method)) throw new Fault(-32601, `There is no method ${method}.`)
  if (!adapter.started && !['start', 'stop'].includes(method)) throw new Fault(-32001, 'start comes first.')
  return adapter[method](params)
}
