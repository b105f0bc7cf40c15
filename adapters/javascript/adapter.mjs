/**
 * Calls the Files.com SDK for JavaScript as the suite asks, and reports what happened.
 *
 *   node adapter.mjs FOLDER     FOLDER/node_modules holds the SDK
 */

import { readFileSync } from 'node:fs'
import https from 'node:https'
import { setTimeout as pause } from 'node:timers/promises'
import tls from 'node:tls'

import { Sdk, Unsupported } from './sdk.mjs'
import { decodeAll, encode } from './values.mjs'
import { Fault, PROTOCOL, serve } from './wire.mjs'

const AsyncFunction = (async () => {}).constructor

/** One method for each one of the protocol. */
class Adapter {
  #folder
  #sdk
  #restore
  #kept = new Map()
  #crash = () => {}

  constructor(folder) {
    this.#folder = folder
    // An error outside every promise would end the process: it is the outcome of the call.
    process.on('uncaughtException', error => {
      console.error(error)
      this.#crash(error)
    })
  }

  get started() { return this.#sdk !== undefined }

  start({ protocol, base_url: baseUrl, ca_file: caFile, log_level: logLevel = 'none' }) {
    if (protocol !== PROTOCOL) throw new Fault(-32000, `This adapter speaks version ${PROTOCOL}.`)
    if (typeof baseUrl !== 'string') throw new Fault(-32602, 'start needs base_url.')
    let operations
    try {
      this.#sdk ??= new Sdk(this.#folder)
      operations = this.#sdk.operations()
    } catch (error) {
      throw new Fault(-32002, error?.stack ?? String(error))
    }
    this.#restore?.()
    this.#kept.clear()
    const { Files, FilesError, LogLevel, version } = this.#sdk
    Files.setBaseUrl(baseUrl)
    Files.setLogLevel(LogLevel[logLevel.toUpperCase()])
    if (caFile) https.globalAgent.options.ca = [...tls.rootCertificates, readFileSync(caFile, 'utf8')]
    this.#restore = this.#sdk.snapshot()
    return {
      adapter: { name: 'javascript', version: '1' },
      sdk: { name: 'files.com', version },
      runtime: { name: 'node', version: process.versions.node },
      operations,
      error_families: FilesError ? [FilesError.name] : [],
      capabilities: ['run', 'ca_file', 'log_level', 'instances'],
    }
  }

  reset() {
    this.#restore()
    this.#kept.clear()
    return {}
  }

  configure({ credentials = {}, network = {} }) {
    const { Files } = this.#sdk
    const setters = {
      session_id: Files.setSessionId,
      api_key: Files.setApiKey,
      attempts: value => Files.configureNetwork({ maxNetworkRetries: value - 1 }), // after the first
      read_seconds: value => Files.configureNetwork({ networkTimeout: value }),
      first_delay_seconds: value => Files.configureNetwork({ minNetworkRetryDelay: value }),
      longest_delay_seconds: value => Files.configureNetwork({ maxNetworkRetryDelay: value }),
    }
    const asked = { ...credentials, ...network }
    const applied = Object.keys(asked).filter(name => Object.hasOwn(setters, name))
    applied.forEach(name => setters[name](asked[name]))
    return { applied, unsupported: Object.keys(asked).filter(name => !applied.includes(name)) }
  }

  call(params) {
    const { resource, operation = '', form = 'static', on } = params
    const { session_id: sessionId, api_key: apiKey } = params.options ?? {}
    const sdk = this.#sdk
    const parameters = decoded(params.parameters)
    const options = {
      ...(sessionId !== undefined && { [sdk.sessionOption]: sessionId }),
      ...(apiKey !== undefined && { apiKey }),
    }
    const what = { resource, operation, form }
    const attempts = {
      static: () => sdk.send(sdk.resource(resource), what, parameters, options),
      instance: () => sdk.send(this.#kept.get(on), what, parameters, options),
      construct: async () => new (sdk.resource(resource))(parameters, options),
      read: async () => this.#kept.get(on),
    }
    if (typeof resource !== 'string') throw new Fault(-32602, 'call needs resource.')
    if (!Object.hasOwn(attempts, form)) throw new Fault(-32602, `There is no form ${form}.`)
    if (['instance', 'read'].includes(form) && !this.#kept.has(on)) {
      throw new Fault(-32602, `Nothing is kept under ${on}.`)
    }
    return this.#outcome(attempts[form], params)
  }

  /** Runs code with the SDK's classes that it names in scope; an expression gives its value. */
  run({ code, bind, read }) {
    const bound = decoded(bind)
    return this.#outcome(() => {
      const scope = { ...this.#sdk.named(code), ...bound }
      const compile = body => new AsyncFunction(...Object.keys(scope), body)
      let sample
      try {
        sample = compile(`return (${code.trim().replace(/;$/, '')}\n)`)
      } catch {
        sample = compile(code)
      }
      return sample(...Object.values(scope))
    }, { read })
  }

  stop() { return {} }

  /** The outcome of an attempt, whatever the SDK throws. */
  async #outcome(attempt, { keep, read = [] }) {
    try {
      const crashed = new Promise((_, reject) => { this.#crash = reject })
      const started = attempt()
      const result = await Promise.race([started, crashed])
      this.#crash = () => {}
      if (!(started instanceof Promise)) await quiet()
      if (keep) this.#kept.set(keep, result)
      const attributes = Object.fromEntries(read.map(name => [name, attribute(result, name)]))
      return { outcome: 'returned', value: encode(result), attributes }
    } catch (error) {
      if (error instanceof Fault) throw error
      if (error instanceof Unsupported) return { outcome: 'unsupported', reason: error.message }
      return raised(error, this.#sdk.FilesError)
    }
  }
}

function decoded(values = {}) {
  try {
    return decodeAll(Object.entries(values))
  } catch (error) {
    throw new Fault(-32602, error.message)
  }
}

/** In some releases `save` returns no promise; what it sends still belongs to this call. */
async function quiet() {
  do await pause(1)
  while (process.getActiveResourcesInfo().some(resource => resource.startsWith('TCP')))
}

/** An attribute as the README reads it, `session.id`; `save` puts the answer in `attributes` only. */
function attribute(object, name) {
  const holder = [object, object?.attributes].find(each => each != null && Object.hasOwn(each, name))
  return holder === undefined ? { kind: 'absent' } : encode(holder[name])
}

function raised(error, FilesError) {
  const classes = []
  for (let each = Object(error); each && each !== Object.prototype; each = Object.getPrototypeOf(each)) {
    if (Object.hasOwn(each, 'constructor')) classes.push(each.constructor.name || 'anonymous')
  }
  const [name = typeof error, ...ancestors] = classes
  const own = FilesError && error instanceof FilesError ? error : {}
  return {
    outcome: 'raised',
    error: name,
    ancestors,
    message: String(error?.message ?? error),
    http_status: Number.isInteger(own.code) ? own.code : undefined,
    api_type: typeof own.type === 'string' ? own.type : undefined,
  }
}

await serve(new Adapter(process.argv[2] ?? '.'))
process.exit(0)
