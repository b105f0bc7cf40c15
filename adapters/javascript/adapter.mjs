/**
 * Does what the suite says through the Files.com SDK for JavaScript, and says what it saw.
 *
 *   node adapter.mjs FOLDER     FOLDER/node_modules holds the SDK
 *
 * JSON-RPC 2.0, one message a line: requests on standard input, replies on standard output.
 */

import { readFileSync } from 'node:fs'
import https from 'node:https'
import { setTimeout as pause } from 'node:timers/promises'
import tls from 'node:tls'

import { Sdk, Unsupported } from './sdk.mjs'
import { decodeAll, encode } from './values.mjs'

const PROTOCOL = 1
const AsyncFunction = (async () => {}).constructor

// Replies have standard output for themselves; whatever else is printed goes to standard error.
const write = process.stdout.write.bind(process.stdout)
process.stdout.write = process.stderr.write.bind(process.stderr)

class Fault extends Error {
  constructor(code, message) {
    super(message)
    this.code = code
  }
}

const kept = new Map()
let sdk
let restore
let crash = () => {}

// An error outside every promise ends the program that made the call: it is what the call came to.
process.on('uncaughtException', error => {
  console.error(error)
  crash(error)
})

// ── what was seen ────────────────────────────────────────────────────────────────────────────────

/** An attribute as the README reads it, `session.id`; `save` puts what came back in `attributes` only. */
function attribute(object, name) {
  const holder = [object, object?.attributes].find(each => each != null && Object.hasOwn(each, name))
  return holder === undefined ? { kind: 'absent' } : encode(holder[name])
}

function raised(error) {
  const classes = []
  for (let each = Object(error); each && each !== Object.prototype; each = Object.getPrototypeOf(each)) {
    if (Object.hasOwn(each, 'constructor')) classes.push(each.constructor.name || 'anonymous')
  }
  const [name = typeof error, ...ancestors] = classes
  const own = sdk.FilesError && error instanceof sdk.FilesError ? error : {}
  return {
    outcome: 'raised',
    error: name,
    ancestors,
    message: String(error?.message ?? error),
    http_status: Number.isInteger(own.code) ? own.code : undefined,
    api_type: typeof own.type === 'string' ? own.type : undefined,
  }
}

/** In some releases `save` returns no promise; what it sends still belongs to this call. */
async function quiet() {
  do await pause(1)
  while (process.getActiveResourcesInfo().some(resource => resource.startsWith('TCP')))
}

async function outcome(attempt, { keep, read = [] }) {
  try {
    const crashed = new Promise((_, reject) => { crash = reject })
    const started = attempt()
    const result = await Promise.race([started, crashed])
    crash = () => {}
    if (!(started instanceof Promise)) await quiet()
    if (keep) kept.set(keep, result)
    const attributes = Object.fromEntries(read.map(name => [name, attribute(result, name)]))
    return { outcome: 'returned', value: encode(result), attributes }
  } catch (error) {
    if (error instanceof Fault) throw error
    return error instanceof Unsupported ? { outcome: 'unsupported', reason: error.message } : raised(error)
  }
}

// ── the methods ──────────────────────────────────────────────────────────────────────────────────

function start({ protocol, base_url: baseUrl, ca_file: caFile, log_level: logLevel = 'none' }) {
  if (protocol !== PROTOCOL) throw new Fault(-32000, `This adapter speaks version ${PROTOCOL}.`)
  if (typeof baseUrl !== 'string') throw new Fault(-32602, 'start needs base_url.')
  let operations
  try {
    sdk ??= new Sdk(process.argv[2] ?? '.')
    operations = sdk.operations()
  } catch (error) {
    throw new Fault(-32002, error?.stack ?? String(error))
  }
  restore?.()
  kept.clear()
  sdk.Files.setBaseUrl(baseUrl)
  sdk.Files.setLogLevel(sdk.LogLevel[logLevel.toUpperCase()])
  if (caFile) https.globalAgent.options.ca = [...tls.rootCertificates, readFileSync(caFile, 'utf8')]
  restore = sdk.snapshot()
  return {
    adapter: { name: 'javascript', version: '1' },
    sdk: { name: 'files.com', version: sdk.version },
    runtime: { name: 'node', version: process.versions.node },
    operations,
    error_families: sdk.FilesError ? [sdk.FilesError.name] : [],
    capabilities: ['run', 'ca_file', 'log_level', 'instances'],
  }
}

function reset() {
  restore()
  kept.clear()
  return {}
}

function configure({ credentials = {}, network = {} }) {
  const { Files } = sdk
  const setters = {
    session_id: Files.setSessionId,
    api_key: Files.setApiKey,
    attempts: value => Files.configureNetwork({ maxNetworkRetries: value - 1 }), // after the first
    read_seconds: value => Files.configureNetwork({ networkTimeout: value }),
    first_delay_seconds: value => Files.configureNetwork({ minNetworkRetryDelay: value }),
    longest_delay_seconds: value => Files.configureNetwork({ maxNetworkRetryDelay: value }),
  }
  const asked = Object.entries({ ...credentials, ...network })
  const applied = asked.filter(([name]) => Object.hasOwn(setters, name))
  applied.forEach(([name, value]) => setters[name](value))
  const names = entries => entries.map(([name]) => name)
  return { applied: names(applied), unsupported: names(asked.filter(each => !applied.includes(each))) }
}

function decoded(values = {}) {
  try {
    return decodeAll(Object.entries(values))
  } catch (error) {
    throw new Fault(-32602, error.message)
  }
}

function call(params) {
  const { resource, operation = '', form = 'static', on } = params
  const { session_id: sessionId, api_key: apiKey } = params.options ?? {}
  const parameters = decoded(params.parameters)
  const options = {
    ...(sessionId !== undefined && { [sdk.sessionOption]: sessionId }),
    ...(apiKey !== undefined && { apiKey }),
  }
  const what = { resource, operation, form }
  const attempts = {
    static: () => sdk.send(sdk.resource(resource), what, parameters, options),
    instance: () => sdk.send(kept.get(on), what, parameters, options),
    construct: async () => new (sdk.resource(resource))(parameters, options),
    read: async () => kept.get(on),
  }
  if (typeof resource !== 'string') throw new Fault(-32602, 'call needs resource.')
  if (!Object.hasOwn(attempts, form)) throw new Fault(-32602, `There is no form ${form}.`)
  if (['instance', 'read'].includes(form) && !kept.has(on)) {
    throw new Fault(-32602, `Nothing is kept under ${on}.`)
  }
  return outcome(attempts[form], params)
}

/** Runs code with the SDK's classes that it names in scope; an expression gives its value. */
function run({ code, bind, read }) {
  const bound = decoded(bind)
  const compile = (body, names) => new AsyncFunction(...names, body)
  return outcome(() => {
    const named = ['Files', ...sdk.resources].filter(name => new RegExp(`\\b${name}\\b`).test(code))
    const classes = named.map(name => [name, name === 'Files' ? sdk.Files : sdk.resource(name)])
    const scope = { ...Object.fromEntries(classes), ...bound }
    let sample
    try {
      sample = compile(`return (${code.trim().replace(/;$/, '')}\n)`, Object.keys(scope))
    } catch {
      sample = compile(code, Object.keys(scope))
    }
    return sample(...Object.values(scope))
  }, { read })
}

// ── the messages ─────────────────────────────────────────────────────────────────────────────────

const METHODS = { start, reset, configure, call, run, stop: () => ({}) }

async function answer(request) {
  const { method, params = {} } = Object(request)
  if (typeof method !== 'string') throw new Fault(-32600, 'The line is JSON, but no request.')
  if (!Object.hasOwn(METHODS, method)) throw new Fault(-32601, `There is no method ${method}.`)
  if (!sdk && !['start', 'stop'].includes(method)) throw new Fault(-32001, 'start comes first.')
  return METHODS[method](params)
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
async function reply(line) {
  let request
  try {
    request = JSON.parse(line)
  } catch (error) {
    return [{ jsonrpc: '2.0', id: null, error: { code: -32700, message: error.message } }, false]
  }
  const id = request?.id ?? null
  try {
    return [{ jsonrpc: '2.0', id, result: await answer(request) }, request.method === 'stop']
  } catch (error) {
    const code = error instanceof Fault ? error.code : -32603
    return [{ jsonrpc: '2.0', id, error: { code, message: String(error?.message ?? error) } }, false]
  }
}

for await (const line of lines(process.stdin)) {
  const [message, last] = await reply(line)
  await new Promise(sent => { write(`${JSON.stringify(message)}\n`, sent) })
  if (last) break
}
process.exit(0)
