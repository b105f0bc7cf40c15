/** Values as they travel: tagged, so that it shows what JavaScript made of a number. */

import { inspect } from 'node:util'

const LONE_SURROGATE = /\p{Surrogate}/u
/** How many lists and maps inside each other are shown. */
const DEEPEST = 64

/** The value that a tagged one stands for, which may be kept. Throws where there is none. */
export function decode(value, kept) {
  switch (value?.kind) {
    case 'undefined': return undefined
    case 'null': return null
    case 'boolean': return value.text === 'true'
    case 'integer': return Number.isSafeInteger(Number(value.text)) ? Number(value.text) : BigInt(value.text)
    case 'number': return Number(value.text)
    case 'string': return value.text
    case 'bytes': return Buffer.from(value.base64, 'base64')
    case 'list': return decodeList(value.items ?? [], kept)
    case 'map': return decodeEntries((value.entries ?? []).map(each => [each.key, each.value]), kept)
    case 'kept': return decodeKept(value, kept)
    default: throw new TypeError(`${JSON.stringify(value)} is not a value of JavaScript.`)
  }
}

/** The values of a list; an absent one is left out. */
export function decodeList(values, kept) {
  return values.filter(each => each?.kind !== 'absent').map(each => decode(each, kept))
}

/** A plain object of the named values; an absent one is left out. */
export function decodeMap(values, kept) {
  if (values?.constructor !== Object) throw new TypeError(`${JSON.stringify(values)} is no object.`)
  return decodeEntries(Object.entries(values), kept)
}

function decodeEntries(entries, kept) {
  const present = entries.filter(([, value]) => value?.kind !== 'absent')
  return Object.fromEntries(present.map(([name, value]) => [name, decode(value, kept)]))
}

function decodeKept({ handle, attribute }, kept) {
  if (!kept.has(handle)) throw new TypeError(`Nothing is kept under ${handle}.`)
  return attribute === undefined ? kept.get(handle) : kept.get(handle)[attribute]
}

/** The tagged value of anything that the SDK gave; `outer` are the lists and maps that it is in. */
export function encode(value, outer = []) {
  const native = value === null ? 'null' : typeof value
  switch (native) {
    case 'undefined':
    case 'null': return { kind: native, native }
    case 'boolean': return { kind: 'boolean', native, text: String(value) }
    case 'bigint': return { kind: 'integer', native, text: String(value) }
    case 'number': return Number.isSafeInteger(value)
      ? { kind: 'integer', native, text: String(value) }
      : { kind: 'number', native, text: String(value) }
    case 'string': return LONE_SURROGATE.test(value)
      ? encodeBytes(Buffer.from(value, 'utf16le'), native)
      : { kind: 'string', native, text: value }
    case 'object': return encodeObject(value, outer)
    default: return { kind: 'other', native, text: inspect(value) }
  }
}

function encodeBytes(bytes, native) {
  return { kind: 'bytes', native, base64: Buffer.from(bytes).toString('base64') }
}

function encodeObject(object, outer) {
  const prototype = Object.getPrototypeOf(object)
  const native = prototype?.constructor?.name || 'Object'
  if (object instanceof Uint8Array) return encodeBytes(object, native)
  if (!Array.isArray(object) && prototype !== Object.prototype) {
    return { kind: 'other', native, text: printsItself(object) ? String(object) : '' }
  }
  if (outer.length === DEEPEST || outer.includes(object)) return { kind: 'other', native, text: '' }
  const inside = value => encode(value, [...outer, object])
  if (Array.isArray(object)) return { kind: 'list', native, items: object.map(inside) }
  const entries = Object.entries(object).map(([key, value]) => ({ key, value: inside(value) }))
  return { kind: 'map', native, entries }
}

/** Whether it has more to say of itself than `[object Object]`. */
function printsItself({ toString }) {
  return typeof toString === 'function' && toString !== Object.prototype.toString
}
