/** Values as they travel: tagged, so that it shows what JavaScript made of a number. */

const LONE_SURROGATE = /\p{Surrogate}/u

/** The JavaScript value that a tagged value stands for. Throws a TypeError where there is none. */
export function decode(value) {
  switch (value?.kind) {
    case 'undefined': return undefined
    case 'null': return null
    case 'boolean': return value.text === 'true'
    case 'integer': return Number.isSafeInteger(Number(value.text)) ? Number(value.text) : BigInt(value.text)
    case 'number': return Number(value.text)
    case 'string': return value.text
    case 'bytes': return Buffer.from(value.base64, 'base64')
    case 'list': return (value.items ?? []).map(decode)
    case 'map': return decodeAll((value.entries ?? []).map(each => [each.key, each.value]))
    default: throw new TypeError(`${JSON.stringify(value)} is not a value of JavaScript.`)
  }
}

/** A plain object of the named values; an absent one is left out. */
export function decodeAll(entries) {
  const present = entries.filter(([, value]) => value?.kind !== 'absent')
  return Object.fromEntries(present.map(([name, value]) => [name, decode(value)]))
}

/** The tagged value of anything that the SDK gave. */
export function encode(value) {
  const native = typeof value
  switch (native) {
    case 'undefined': return { kind: 'undefined', native }
    case 'boolean': return { kind: 'boolean', native, text: String(value) }
    case 'bigint': return { kind: 'integer', native, text: String(value) }
    case 'number': return Number.isSafeInteger(value)
      ? { kind: 'integer', native, text: String(value) }
      : { kind: 'number', native, text: String(value) }
    case 'string': return LONE_SURROGATE.test(value)
      ? encodeBytes(Buffer.from(value, 'utf16le'), native)
      : { kind: 'string', native, text: value }
    case 'object': return value === null ? { kind: 'null', native: 'null' } : encodeObject(value)
    default: return { kind: 'other', native, text: String(value) }
  }
}

function encodeBytes(bytes, native) {
  return { kind: 'bytes', native, base64: Buffer.from(bytes).toString('base64') }
}

function encodeObject(object) {
  const native = object.constructor?.name || 'Object'
  if (Array.isArray(object)) return { kind: 'list', native, items: object.map(encode) }
  if (object instanceof Uint8Array) return encodeBytes(object, native)
  if (object instanceof Date) return { kind: 'other', native, text: String(object) }
  if (Object.getPrototypeOf(object) !== Object.prototype) return { kind: 'other', native }
  const entries = Object.entries(object).map(([key, each]) => ({ key, value: encode(each) }))
  return { kind: 'map', native, entries }
}
