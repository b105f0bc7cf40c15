/** Speaks the suite's protocol, version 2: one JSON-RPC message a line. Nothing here knows an SDK. */

export const PROTOCOL = 2

const METHODS = ['start', 'reset', 'configure', 'call', 'run', 'echo', 'stop']
const BEFORE_START = ['start', 'echo', 'stop']

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
    const text = JSON.stringify({ jsonrpc: '2.0', ...message }, wellFormed)
    await new Promise(sent => { write(`${text}\n`, sent) })
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

/** Half of a surrogate pair, in a message of the SDK's, is no text that UTF-8 has. */
function wellFormed(_, value) {
  return typeof value === 'string' ? Buffer.from(value).toString() : value
}

/** The reply to a line, and whether it is the last one. */
async function reply(adapter, line) {
  let id = null
  try {
    const request = parsed(line)
    id = request.id
    return { id, result: await answer(adapter, request), stopped: request.method === 'stop' }
  } catch (error) {
    const { code, message } = error instanceof Fault ? error : { code: -32603, message: String(error) }
    return { id, error: { code, message } }
  }
}

function parsed(line) {
  let request
  try {
    request = JSON.parse(line)
  } catch (error) {
    throw new Fault(-32700, error.message)
  }
  if (typeof request?.method !== 'string' || request.id === undefined) {
    throw new Fault(-32600, 'The line is JSON, but not a request.')
  }
  return request
}

function answer(adapter, { method, params = {} }) {
  if (!METHODS.includes(method)) throw new Fault(-32601, `There is no method ${method}.`)
  if (!adapter.started && !BEFORE_START.includes(method)) throw new Fault(-32001, 'start comes first.')
  if (params?.constructor !== Object) throw new Fault(-32602, 'The parameters are no object.')
  return adapter[method](params)
}
