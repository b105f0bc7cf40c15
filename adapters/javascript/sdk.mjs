/** The installed SDK, looked at by reflection: nothing here knows what a release should have. */

import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, parse, resolve } from 'node:path'

/** Why a release cannot do what it was asked. */
export class Unsupported extends Error {}

export class Sdk {
  #require

  /** Loads the SDK in `folder`/node_modules afresh; throws what the SDK throws. */
  constructor(folder) {
    this.#require = createRequire(join(resolve(folder), 'adapter.js'))
    // State is in the modules: those of the SDK and of what it requires, such as its HTTP client.
    for (const file of Object.keys(this.#require.cache)) delete this.#require.cache[file]
    this.Files = this.#require('files.com/lib/Files.js').default
    this.LogLevel = this.#require('files.com/lib/Logger.js').LogLevel
    this.loaded = this.#require.resolve('files.com/lib/Files.js')
    const library = dirname(this.loaded)
    const hasErrors = existsSync(join(library, 'Errors.js'))
    this.FilesError = hasErrors ? this.#require('files.com/lib/Errors.js').FilesError : undefined
    this.resources = readdirSync(join(library, 'models')).map(file => parse(file).name)
  }

  /** From the package; package.json of old checkouts says 1.0.0 whatever they are. */
  get version() {
    const [stated, described] = ['_VERSION', 'package.json'].map(name => join(this.loaded, '..', '..', name))
    return existsSync(stated)
      ? readFileSync(stated, 'utf8').trim()
      : JSON.parse(readFileSync(described, 'utf8')).version
  }

  resource(name) {
    if (!this.resources.includes(name)) throw new Unsupported(`There is no files.com/lib/models/${name}.`)
    return this.#require(`files.com/lib/models/${name}.js`).default
  }

  /** Every class that a sample may name, by its name. */
  classes() {
    const resources = this.resources.map(name => [name, this.resource(name)])
    return { Files: this.Files, ...Object.fromEntries(resources) }
  }

  /** Calls an operation of a class or of an object. */
  call(holder, operation, given, reason) {
    if (!functions(Object(holder)).includes(operation)) throw new Unsupported(reason)
    return holder[operation](...given)
  }

  /** Every operation of every resource. */
  operations() {
    return this.resources.flatMap(resource => {
      const Resource = this.resource(resource)
      const ofObject = functions(new Resource()).filter(name => !/^[gs]et[A-Z]/.test(name))
      return [['construct', ['new']], ['static', functions(Resource)], ['instance', ofObject]]
        .flatMap(([form, names]) => names.map(operation => ({ resource, operation, forms: [form] })))
    })
  }

  /** Makes a global setting; says whether the release has it. */
  set(name, value) {
    const { Files } = this
    const isMethod = /^set[A-Z]/.test(name) && functions(Files).includes(name)
    if (isMethod) Files[name](value)
    const looksAt = new Set()
    Files.configureNetwork(new Proxy({}, { get: (_, key) => { looksAt.add(key) } }))
    if (looksAt.has(name)) Files.configureNetwork({ [name]: value })
    return isMethod || looksAt.has(name)
  }
}

/** The names of its functions; a class may also have itself, as its `default`. */
function functions(holder) {
  return Object.keys(holder).filter(name => typeof holder[name] === 'function' && holder[name] !== holder)
}
