/**
 * Does what the suite says through the Files.com SDK for JavaScript, and says what it saw.
 *
 *   node adapter.mjs FOLDER     FOLDER/node_modules holds the SDK
 *
 * One JSON-RPC message a line, requests on standard input, replies on standard output.
 */

import { existsSync, readFileSync, readdirSync } from 'node:fs'
import https from 'node:https'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import tls from 'node:tls'
import { fileURLToPath } from 'node:url'

const PROTOCOL = 1
const ADAPTER = { name: 'javascript', version: '1.0' }
const AsyncFunction = (async () => {}).constructor

// The channel of the replies. Whatever else is printed goes to standard error.
const write = process.stdout.write.bind(process.stdout)
process.stdout.write = process.stderr.write.bind(process.stderr)

class Fault extends Error {
  constructor(code, message) {
    super(message)
    this.code = code
  }
}

class Unsupported extends Error {}

// ── values ─────────────────────────────────────────────────────────────────────────────────────

const integer = text => (Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text))

function decode(value) {
  switch (value?.kind) {
    case 'undefined': return undefined
    case 'null': return null
    case 'boolean': return value.text === 'true'
    case 'integer': return integer(value.text)
    case 'number': return Number(value.text)
    case 'string': return value.text
    case 'bytes': return Buffer.from(value.base64, 'base64')
    case 'list': return (value.items ?? []).map(decode)
    case 'map': return Object.fromEntries((value.entries ?? []).map(each => [each.key, decode(each.value)]))
    default: throw new Fault(-32602, `A parameter cannot be ${JSON.stringify(value)}.`)
  }
}

const decodeAll = values => Object.fromEntries(
  Object.entries(values ?? {})
    .filter(([, value]) => value?.kind !== 'absent')
    .map(([name, value]) => [name, decode(value)]),
)

function encodeString(text) {
  if (/\p{Surrogate}/u.test(text)) {
    return { kind: 'bytes', native: 'string', base64: Buffer.from(text, 'utf16le').toString('base64') }
  }
  return { kind: 'string', native: 'string', text }
}

function encodeObject(object) {
  const native = object.constructor?.name ?? 'Object'
  if (Array.isArray(object)) return { kind: 'list', native, items: object.map(encode) }
  if (ArrayBuffer.isView(object)) {
    const bytes = Buffer.from(object.buffer, object.byteOffset, object.byteLength)
    return { kind: 'bytes', native, base64: bytes.toString('base64') }
  }
  if ([Object.prototype, null].includes(Object.getPrototypeOf(object))) {
    const entries = Object.entries(object).map(([key, value]) => ({ key, value: encode(value) }))
    return { kind: 'map', native, entries }
  }
  return { kind: 'other', native, text: object instanceof Date ? JSON.stringify(object) : '' }
}

function encode(value) {
  switch (typeof value) {
    case 'undefined': return { kind: 'undefined', native: 'undefined' }
    case 'boolean': return { kind: 'boolean', native: 'boolean', text: String(value) }
    case 'bigint': return { kind: 'integer', native: 'bigint', text: String(value) }
    case 'number': return {
      kind: Number.isSafeInteger(value) ? 'integer' : 'number', native: 'number', text: String(value),
    }
    case 'string': return encodeString(value)
    case 'object': return value === null ? { kind: 'null', native: 'null' } : encodeObject(value)
    default: return { kind: 'other', native: typeof value, text: String(value) }
  }
}

/** An attribute the way the README reads it, `session.id`; one that came later is in `attributes`. */
function attribute(object, name) {
  const holder = [object, object?.attributes].find(each => each != null && Object.hasOwn(each, name))
  return holder === undefined ? { kind: 'absent' } : encode(holder[name])
}

// ── the SDK ────────────────────────────────────────────────────────────────────────────────────

const uncapitalised = name => name[0].toLowerCase() + name.slice(1)

/** `(name, name = default)` of each operation, as the release's own source declares it. */
function signatures(source) {
  const found = { static: {}, instance: {} }
  const declared = /^ {2}(static )?(\w+) = (?:async )?(?:\(([^)]*)\)|(\w+)) =>/gm
  for (const [, isStatic, name, many, one] of source.matchAll(declared)) {
    found[isStatic ? 'static' : 'instance'][name] = many ?? one
  }
  return found
}

class Sdk {
  constructor(folder) {
    this.package = join(resolve(folder), 'node_modules', 'files.com')
    this.require = createRequire(join(resolve(folder), 'here.js'))
    this.Files = this.load('Files')
    this.Logger = this.load('Logger')
    this.FilesError = this.has('Errors') ? this.load('Errors').FilesError : undefined
    this.resources = readdirSync(join(this.package, 'lib', 'models')).map(file => file.replace('.js', ''))
    this.signatures = {}
  }

  has(name) { return existsSync(join(this.package, 'lib', `${name}.js`)) }

  load(name) {
    const module = this.require(`files.com/lib/${name}.js`)
    return module.default ?? module
  }

  /** Some releases have a wrong version in package.json. */
  get version() {
    const own = join(this.package, '_VERSION')
    return existsSync(own)
      ? readFileSync(own, 'utf8').trim()
      : this.require('files.com/package.json').version
  }

  resource(name) {
    if (!this.resources.includes(name)) throw new Unsupported(`There is no files.com/lib/models/${name}.`)
    return this.load(`models/${name}`)
  }

  signature(resource, form, operation) {
    const source = join(this.package, 'src', 'models', `${resource}.js`)
    this.signatures[resource] ??= signatures(existsSync(source) ? readFileSync(source, 'utf8') : '')
    return this.signatures[resource][form][operation]
  }

  * operations() {
    for (const resource of this.resources) {
      const Resource = this.load(`models/${resource}`)
      for (const [form, holder] of [['static', Resource], ['instance', new Resource()]]) {
        for (const operation of Object.keys(holder)) {
          const signature = this.signature(resource, form, operation)
          if (typeof holder[operation] === 'function' && signature !== undefined && !/^[gs]et[A-Z]/.test(operation)) {
            yield { resource, operation, forms: [form], signature: `${operation}(${signature})` }
          }
        }
      }
    }
  }

  /** Every global setting as it is now, as a function that sets it again. */
  snapshot() {
    const { Files } = this
    const values = new Map(Object.keys(Files).filter(name => /^(get|should)/.test(name)).map(name => [name, Files[name]()]))
    const plain = Object.fromEntries([...values].map(([name, value]) => [uncapitalised(name.replace(/^(get|should)/, '')), value]))
    return () => {
      values.forEach((value, name) => Files[name.replace('get', 'set')]?.(value))
      Files.configureNetwork(plain)
      Files.configureDebugging(plain)
    }
  }

  arguments(resource, form, operation, parameters, options) {
    const name = `${resource} ${operation}`
    const signature = this.signature(resource, form, operation)
    if (signature === undefined) throw new Unsupported(`The source of ${name} does not say what it takes.`)
    const takes = signature.split(',').map(each => each.split('=')[0].trim()).filter(Boolean)
    const rest = Object.fromEntries(Object.entries(parameters).filter(([key]) => !takes.includes(key)))
    for (const [kind, given] of [['params', rest], ['options', options]]) {
      if (!takes.includes(kind) && Object.keys(given).length > 0) {
        throw new Unsupported(`${name} is declared as (${signature}): it takes no ${kind}.`)
      }
    }
    const given = { ...parameters, params: rest, options }
    return takes.map(each => given[each])
  }
}

// ── what was seen ──────────────────────────────────────────────────────────────────────────────

let sdk
let restore
let failPending = () => {}
const kept = new Map()

// Thrown outside every promise; it ends the program that made the call, so it ends the call.
process.on('uncaughtException', error => {
  console.error(error)
  failPending(error)
})

function raised(error) {
  const classes = []
  for (let each = Object(error); each !== Object.prototype && each; each = Object.getPrototypeOf(each)) {
    if (Object.hasOwn(each, 'constructor')) classes.push(each.constructor.name)
  }
  const [name = typeof error, ...ancestors] = classes
  const own = sdk.FilesError !== undefined && error instanceof sdk.FilesError
  return {
    outcome: 'raised',
    error: name,
    ancestors,
    message: String(error?.message ?? error),
    http_status: own && Number.isInteger(error.code) ? error.code : undefined,
    api_type: own && typeof error.type === 'string' ? error.type : undefined,
  }
}

async function outcome(attempt, { keep, read = [] }) {
  try {
    const crash = new Promise((_, reject) => { failPending = reject })
    const started = attempt()
    const result = await Promise.race([started, crash])
    if (!(started instanceof Promise)) await quiet()
    if (keep) kept.set(keep, result)
    const attributes = Object.fromEntries(read.map(name => [name, attribute(result, name)]))
    return { outcome: 'returned', value: encode(result), attributes }
  } catch (error) {
    if (error instanceof Fault) throw error
    if (error instanceof Unsupported) return { outcome: 'unsupported', reason: error.message }
    return raised(error)
  } finally {
    failPending = () => {}
  }
}

/** In some releases `save` returns no promise; what it sends still belongs to this call. */
async function quiet() {
  do await pause(1)
  while (process.getActiveResourcesInfo().some(resource => resource.startsWith('TCP')))
}

// ── the methods ────────────────────────────────────────────────────────────────────────────────

const optionsOf = ({ session_id: sessionId, api_key: apiKey } = {}) => ({
  ...(sessionId !== undefined && { sessionId }),
  ...(apiKey !== undefined && { apiKey }),
})

function start({ protocol, base_url: baseUrl, ca_file: caFile, log_level: logLevel = 'none' }) {
  if (protocol !== PROTOCOL) throw new Fault(-32000, `This adapter speaks version ${PROTOCOL}.`)
  if (typeof baseUrl !== 'string') throw new Fault(-32602, 'base_url is missing.')
  let operations
  try {
    sdk = new Sdk(process.argv[2] ?? dirname(fileURLToPath(import.meta.url)))
    operations = [...sdk.operations()]
  } catch (error) {
    sdk = undefined
    throw new Fault(-32002, error?.stack ?? String(error))
  }
  sdk.Files.setBaseUrl(baseUrl)
  sdk.Files.setLogLevel(sdk.Logger.LogLevel[logLevel.toUpperCase()])
  if (caFile) https.globalAgent.options.ca = [...tls.rootCertificates, readFileSync(caFile, 'utf8')]
  restore = sdk.snapshot()
  kept.clear()
  return {
    adapter: ADAPTER,
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
  const settings = {
    session_id: value => Files.setSessionId(value),
    api_key: value => Files.setApiKey(value),
    // Retries come after the first attempt.
    attempts: value => Files.configureNetwork({ maxNetworkRetries: value - 1 }),
    read_seconds: value => Files.configureNetwork({ networkTimeout: value }),
    first_delay_seconds: value => Files.configureNetwork({ minNetworkRetryDelay: value }),
    longest_delay_seconds: value => Files.configureNetwork({ maxNetworkRetryDelay: value }),
  }
  const answer = { applied: [], unsupported: [] }
  for (const [name, value] of Object.entries({ ...credentials, ...network })) {
    settings[name]?.(value)
    answer[settings[name] ? 'applied' : 'unsupported'].push(name)
  }
  return answer
}

function call(params) {
  const { resource, operation = '', form = 'static', on } = params
  const parameters = decodeAll(params.parameters)
  const options = optionsOf(params.options)
  if (typeof resource !== 'string') throw new Fault(-32602, 'resource is missing.')
  if (['instance', 'read'].includes(form) && !kept.has(on)) throw new Fault(-32602, `Nothing is kept under ${on}.`)

  const send = (holder, name) => {
    if (!Object.hasOwn(holder, operation) || typeof holder[operation] !== 'function') {
      throw new Unsupported(`${name} has no ${operation}.`)
    }
    return holder[operation](...sdk.arguments(resource, form, operation, parameters, options))
  }
  const attempt = {
    static: () => send(sdk.resource(resource), resource),
    construct: () => new (sdk.resource(resource))(parameters, options),
    instance: () => send(kept.get(on), `An object of ${resource}`),
    read: () => kept.get(on),
  }[form]
  if (!attempt) throw new Fault(-32602, `There is no form ${form}.`)
  return outcome(form === 'read' || form === 'construct' ? async () => attempt() : attempt, params)
}

/** Runs a sample as an expression where it is one, with the SDK's classes it names in scope. */
function run({ code, bind, read }) {
  const scope = decodeAll(bind)
  const attempt = () => {
    for (const name of ['Files', ...sdk.resources]) {
      if (!Object.hasOwn(scope, name) && new RegExp(`\\b${name}\\b`).test(code)) {
        scope[name] = name === 'Files' ? sdk.Files : sdk.resource(name)
      }
    }
    const compile = body => new AsyncFunction(...Object.keys(scope), body)
    let sample
    try {
      sample = compile(`return (${code.trim().replace(/;$/, '')}\n)`)
    } catch {
      sample = compile(code)
    }
    return sample(...Object.values(scope))
  }
  return outcome(attempt, { read })
}

// ── the messages ───────────────────────────────────────────────────────────────────────────────

const METHODS = { start, reset, configure, call, run, stop: () => ({}) }

async function answer(line) {
  let request
  try {
    request = JSON.parse(line)
    const { method, params = {} } = request
    if (!Object.hasOwn(METHODS, method)) throw new Fault(-32601, `There is no method ${method}.`)
    if (!sdk && !['start', 'stop'].includes(method)) throw new Fault(-32001, 'start comes first.')
    return { jsonrpc: '2.0', id: request.id, result: await METHODS[method](params) }
  } catch (error) {
    const code = error instanceof Fault ? error.code : request ? -32603 : -32700
    return { jsonrpc: '2.0', id: request?.id ?? null, error: { code, message: String(error.message) } }
  } finally {
    if (request?.method === 'stop') process.exitCode = 0
  }
}

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

for await (const line of lines(process.stdin)) {
  const reply = await answer(line)
  await new Promise(sent => { write(`${JSON.stringify(reply)}\n`, sent) })
  if (process.exitCode === 0) break
}
process.exit(0)
