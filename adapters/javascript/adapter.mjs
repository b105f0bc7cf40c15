/**
 * Calls the Files.com SDK for JavaScript as the suite asks, and reports what happened.
 *
 *   node adapter.mjs FOLDER     FOLDER/node_modules holds the SDK
 */

import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { setTimeout as pause } from 'node:timers/promises'
import tls from 'node:tls'
import { inspect } from 'node:util'

import { Sdk, Unsupported } from './sdk.mjs'
import { decode, decodeList, decodeMap, encode } from './values.mjs'
import { Fault, PROTOCOL, serve } from './wire.mjs'

const AsyncFunction = (async () => {}).constructor

/** The settings of the SDK that make cases short. */
const RIG = {
  attempts: count => ['maxNetworkRetries', count - 1], // after the first
  read_seconds: seconds => ['networkTimeout', seconds],
  delay_seconds: seconds => ['maxNetworkRetryDelay', seconds],
}

/** One method for each one of the protocol. */
class Adapter {
  #folder
  #sdk
  #load
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
    if (caFile) https.globalAgent.options.ca = [...tls.rootCertificates, readFileSync(caFile, 'utf8')]
    this.#load = () => {
      const { Files, LogLevel } = this.#sdk = new Sdk(this.#folder)
      Files.setBaseUrl(baseUrl)
      Files.setLogLevel(LogLevel[logLevel.toUpperCase()])
      this.#kept.clear()
    }
    try {
      this.#load()
      const { FilesError, loaded, version } = this.#sdk
      return {
        adapter: { name: 'javascript', version: '2.0.0' },
        sdk: { name: 'files.com', version },
        runtime: { name: 'node', version: process.versions.node },
        loaded,
        operations: this.#sdk.operations(),
        error_families: FilesError ? [FilesError.name] : [],
        capabilities: ['run', 'ca_file', 'log_level', 'instances'],
      }
    } catch (error) {
      throw new Fault(-32002, error?.stack ?? String(error))
    }
  }

  async reset() {
    http.globalAgent.destroy()
    https.globalAgent.destroy()
    await pause(1) // what is cut off may log that
    this.#load()
    return {}
  }

  configure({ rig = {}, settings = {} }) {
    const values = decoded(() => decodeMap(settings, this.#kept))
    const rigged = Object.entries(rig).map(([name, value]) => [name, ...RIG[name]?.(value) ?? []])
    const wanted = Object.entries(values).map(([name, value]) => [name, name, value])
    const answer = { outcome: 'configured', applied: [], unsupported: [] }
    try {
      for (const [name, setting, value] of [...rigged, ...wanted]) {
        answer[this.#sdk.set(setting, value) ? 'applied' : 'unsupported'].push(name)
      }
      return answer
    } catch (error) {
      return raised(error, this.#sdk.FilesError)
    }
  }

  call({ resource, operation = '', form = 'static', positional = [], named, options, on, keep, read }) {
    const sdk = this.#sdk
    const given = decoded(() => [
      ...decodeList(positional, this.#kept),
      ...[named, options].filter(each => each !== undefined).map(each => decodeMap(each, this.#kept)),
    ])
    const kept = () => decoded(() => decode({ kind: 'kept', handle: on }, this.#kept))
    const call = async holder => {
      const called = sdk.call(holder, operation, given, `${resource} has no ${form} ${operation}.`)
      if (!(called instanceof Promise)) await quiet()
      return called
    }
    const attempts = {
      static: () => call(sdk.resource(resource)),
      instance: () => call(kept()),
      construct: () => new (sdk.resource(resource))(...given),
      read: kept,
    }
    if (typeof resource !== 'string') throw new Fault(-32602, 'call needs resource.')
    if (!Object.hasOwn(attempts, form)) throw new Fault(-32602, `There is no form ${form}.`)
    return this.#outcome(attempts[form], { keep, read })
  }

  /** Runs code with the SDK's classes in scope; an expression gives its value. */
  run({ code, bind = {}, read }) {
    if (typeof code !== 'string') throw new Fault(-32602, 'run needs code.')
    const bound = decoded(() => decodeMap(bind, this.#kept))
    return this.#outcome(() => {
      const scope = { ...this.#sdk.classes(), ...bound }
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

  echo({ value }) { return { value: encode(decoded(() => decode(value, this.#kept))) } }

  stop() { return {} }

  /** The outcome of an attempt, whatever the SDK throws. */
  async #outcome(attempt, { keep, read = [] }) {
    const crashed = new Promise((_, reject) => { this.#crash = reject })
    try {
      const result = await Promise.race([crashed, (async () => attempt())()])
      if (keep) this.#kept.set(keep, result)
      const attributes = Object.fromEntries(read.map(name => [name, attribute(result, name)]))
      return { outcome: 'returned', value: encode(result), attributes }
    } catch (error) {
      if (error instanceof Fault) throw error
      if (error instanceof Unsupported) return { outcome: 'unsupported', reason: error.message }
      return raised(error, this.#sdk.FilesError)
    } finally {
      this.#crash = () => {}
    }
  }
}

/** What is decoded; values that JavaScript does not have are no fault of the SDK. */
function decoded(decode) {
  try {
    return decode()
  } catch (error) {
    throw new Fault(-32602, error.message)
  }
}

/** In some releases `save` returns no promise: what it still sends, and how that ends, is of its call. */
async function quiet() {
  do await pause(1)
  while (process.getActiveResourcesInfo().some(resource => resource.startsWith('TCP')))
}

/** An attribute as the README reads it, `session.id`. */
function attribute(object, name) {
  try {
    const value = object[name]
    return name in Object(object) ? encode(value) : { kind: 'absent' }
  } catch (error) {
    return { kind: 'raised', ...described(error) }
  }
}

function raised(error, FilesError) {
  const { code, type } = FilesError && error instanceof FilesError ? error : {}
  return {
    outcome: 'raised',
    ...described(error),
    ancestors: classes(Object(error)).slice(1),
    printed: inspect(error).replaceAll(/\n +(?:at|\.{3}) .*?(?= \{\n|\n|$)/g, ''),
    members: members(error),
    http_status: Number.isInteger(code) ? code : undefined,
    api_type: typeof type === 'string' ? type : undefined,
  }
}

/** The class of an error, and its message: the README prints the `error` of an error of the API. */
function described(error) {
  const [name = typeof error] = classes(Object(error))
  const message = [error?.error, error?.message, error].find(each => typeof each === 'string')
  return { error: name, message: message ?? inspect(error) }
}

function classes(object) {
  const prototype = Object.getPrototypeOf(object)
  if (!prototype || prototype === Object.prototype) return []
  return [prototype.constructor?.name || 'anonymous', ...classes(prototype)]
}

/** What an error carries beside its message and its stack trace. */
function members(error) {
  if (typeof error !== 'object' || error === null) return {}
  const told = ['message', 'stack', typeof error.error === 'string' ? 'error' : undefined]
  const shown = Object.getOwnPropertyNames(error).filter(name => !/^_/.test(name) && !told.includes(name))
  return Object.fromEntries(shown.flatMap(name => {
    try {
      return [[name, encode(error[name])]]
    } catch {
      return []
    }
  }))
}

await serve(new Adapter(process.argv[2] ?? '.'))
process.exit(0)
