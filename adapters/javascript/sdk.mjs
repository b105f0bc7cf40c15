/** The installed SDK, looked at by reflection: nothing here knows what a release should have. */

import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'

/** Why a release cannot do what it was asked. */
export class Unsupported extends Error {}

export class Sdk {
  #package
  #require
  #signatures = new Map()

  /** Loads the SDK in `folder`/node_modules; throws what the SDK throws. */
  constructor(folder) {
    this.#package = join(resolve(folder), 'node_modules', 'files.com')
    this.#require = createRequire(join(resolve(folder), 'adapter.js'))
    this.Files = this.#load('Files')
    this.LogLevel = this.#require('files.com/lib/Logger.js').LogLevel
    this.FilesError = this.#has('lib', 'Errors.js') ? this.#load('Errors').FilesError : undefined
    this.resources = readdirSync(join(this.#package, 'lib', 'models')).map(file => file.replace(/\.js$/, ''))
  }

  #has(...path) { return existsSync(join(this.#package, ...path)) }

  #read(...path) { return readFileSync(join(this.#package, ...path), 'utf8') }

  #load(name) {
    const module = this.#require(`files.com/lib/${name}.js`)
    return module.default ?? module
  }

  /** From the package; package.json of old checkouts says 1.0.0 whatever they are. */
  get version() {
    if (this.#has('_VERSION')) return this.#read('_VERSION').trim()
    return JSON.parse(this.#read('package.json')).version
  }

  /** The option that says whose session a call is for, as the release's own README writes it. */
  get sessionOption() {
    return /\bsession_id:/.test(this.#read('README.md')) ? 'session_id' : 'sessionId'
  }

  resource(name) {
    if (!this.resources.includes(name)) throw new Unsupported(`There is no files.com/lib/models/${name}.`)
    return this.#load(`models/${name}`)
  }

  /** The SDK's classes whose names stand in some code, by those names. */
  named(code) {
    const names = ['Files', ...this.resources].filter(name => new RegExp(`\\b${name}\\b`).test(code))
    return Object.fromEntries(names.map(name => [name, name === 'Files' ? this.Files : this.resource(name)]))
  }

  /** Every operation of every resource, with what it takes. */
  operations() {
    return this.resources.flatMap(resource => {
      const Resource = this.resource(resource)
      const operations = (form, holder) => Object.keys(holder)
        .filter(name => typeof holder[name] === 'function' && !/^[gs]et[A-Z]/.test(name))
        .map(operation => (
          { resource, operation, form, signature: this.#signature(resource, form, operation) }))
      const signature = 'attributes = {}, options = {}'
      const made = { resource, operation: 'new', form: 'construct', signature }
      return [made, ...operations('static', Resource), ...operations('instance', new Resource())]
    })
      .filter(({ signature }) => signature !== undefined)
      .map(({ form, signature, ...named }) => (
        { ...named, forms: [form], signature: `${named.operation}(${signature})` }))
  }

  /**
   * What an operation takes, such as `id, params = {}, options = {}`. The compiled code no longer
   * says so; the source beside it in the package does.
   */
  #signature(resource, form, operation) {
    if (!this.#signatures.has(resource)) {
      const path = ['src', 'models', `${resource}.js`]
      const source = this.#has(...path) ? this.#read(...path) : ''
      const declared = source.matchAll(/^ {2}(static )?(\w+) = (?:async )?(?:\(([^)]*)\)|(\w+)) =>/gm)
      this.#signatures.set(resource, new Map([...declared].map(
        ([, isStatic, name, many, one]) => [`${isStatic ? 'static' : 'instance'} ${name}`, many ?? one],
      )))
    }
    return this.#signatures.get(resource).get(`${form} ${operation}`)
  }

  /** Calls an operation of a class or of an object the way its signature asks for. */
  send(holder, { resource, form, operation }, parameters, options) {
    if (!Object.hasOwn(Object(holder), operation) || typeof holder[operation] !== 'function') {
      throw new Unsupported(`${resource} has no ${form} ${operation}.`)
    }
    const signature = this.#signature(resource, form, operation)
    if (signature === undefined) throw new Unsupported(`Nothing says what ${resource} ${operation} takes.`)
    const names = signature.split(',').map(each => each.split('=')[0].trim()).filter(Boolean)
    const params = Object.fromEntries(Object.entries(parameters).filter(([name]) => !names.includes(name)))
    for (const [name, given] of Object.entries({ params, options })) {
      if (!names.includes(name) && Object.keys(given).length > 0) {
        throw new Unsupported(`${resource} has ${operation}(${signature}), which takes no ${name}.`)
      }
    }
    const given = { ...parameters, params, options }
    return holder[operation](...names.map(name => given[name]))
  }

  /** A function that sets every global setting back to what it is now. */
  snapshot() {
    const settings = Object.keys(this.Files)
      .map(name => /^(?:get|should)([A-Z])(\w+)$/.exec(name))
      .filter(Boolean)
      .map(([getter, first, rest]) => [first, rest, this.Files[getter]()])
    const named = Object.fromEntries(
      settings.map(([first, rest, value]) => [first.toLowerCase() + rest, value]),
    )
    return () => {
      settings.forEach(([first, rest, value]) => this.Files[`set${first}${rest}`]?.(value))
      this.Files.configureNetwork(named)
      this.Files.configureDebugging(named)
    }
  }
}
