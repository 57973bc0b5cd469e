// A WebSocket client that costs next to nothing: what nobody wants to read is skipped, frame by
// frame, without being copied. `ws` would decode each of the 25,000 frames a second that fifty
// receivers of an unbatched server get, and then the generator would be what is measured.
import net from 'node:net'
import { randomBytes } from 'node:crypto'
import { performance } from 'node:perf_hooks'

const EMPTY = Buffer.alloc(0)

export class Socket {
  // onframe(payload, opcode) gets whole messages, null skips them; onlength(bytes) is told of
  // every message, skipped or not.
  constructor ({ port, path = '/', headers = {} }) {
    this.onframe = null
    this.onlength = null
    this.onclose = null
    this.frames = 0
    this.closed = null
    this._rest = EMPTY
    this._skip = 0
    this._parts = null
    this._begun = performance.now()
    this.tcp = net.connect({ host: '127.0.0.1', port, noDelay: true })
    this.open = new Promise((resolve, reject) => {
      this._opened = resolve
      this._failed = reject
    })
    this.open.catch(() => {})
    const key = randomBytes(16).toString('base64')
    this.tcp.write([
      `GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`, 'Upgrade: websocket',
      'Connection: Upgrade', `Sec-WebSocket-Key: ${key}`, 'Sec-WebSocket-Version: 13',
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), '', ''
    ].join('\r\n'))
    this._ondata = this._handshake
    this.tcp.on('data', chunk => this._ondata(chunk))
    this.tcp.on('error', error => this._end(error.code ?? String(error)))
    this.tcp.on('close', () => this._end('tcp'))
  }

  get bytesRead () { return this.tcp.bytesRead }

  _end (why) {
    if (this.closed !== null) return
    this.closed = why
    this._failed(new Error(`socket closed: ${why}`))
    this.onclose?.(why)
  }

  _handshake (chunk) {
    this._rest = this._rest.length ? Buffer.concat([this._rest, chunk]) : chunk
    const end = this._rest.indexOf('\r\n\r\n')
    if (end < 0) return
    const head = this._rest.toString('latin1', 0, end)
    const rest = this._rest.subarray(end + 4)
    this._rest = EMPTY
    if (!head.startsWith('HTTP/1.1 101')) {
      this._end(`${head.split('\r\n', 1)[0]} ${rest.toString('utf8', 0, 300)}`)
      this.tcp.destroy()
      return
    }
    this.headBytes = end + 4
    this._ondata = this._read
    this._opened()
    if (rest.length) this._read(rest)
  }

  _read (chunk) {
    if (this._skip >= chunk.length) {
      this._skip -= chunk.length
      return
    }
    let at = this._skip
    this._skip = 0
    if (this._rest.length) {
      chunk = Buffer.concat([this._rest, chunk])
      this._rest = EMPTY
    }
    const size = chunk.length
    while (size - at >= 2) {
      const first = chunk[at]
      let length = chunk[at + 1] & 127
      let head = 2
      if (length === 126) {
        if (size - at < 4) break
        length = chunk.readUInt16BE(at + 2)
        head = 4
      } else if (length === 127) {
        if (size - at < 10) break
        length = Number(chunk.readBigUInt64BE(at + 2))
        head = 10
      }
      const opcode = first & 15
      if (opcode < 8 && this.onframe === null) {
        this.frames++
        this.onlength?.(length)
        const end = at + head + length
        if (end > size) {
          this._skip = end - size
          return
        }
        at = end
        continue
      }
      if (size - at < head + length) break
      const payload = chunk.subarray(at + head, at + head + length)
      at += head + length
      if (opcode >= 8) this._control(opcode, payload)
      else this._message(payload, opcode, (first & 128) !== 0)
    }
    // A copy: the chunk's memory is the pool's.
    this._rest = at < size ? Buffer.from(chunk.subarray(at)) : EMPTY
  }

  _message (payload, opcode, last) {
    if (!last || this._parts !== null) {
      this._parts ??= { opcode, list: [] }
      this._parts.list.push(Buffer.from(payload))
      if (!last) return
      payload = Buffer.concat(this._parts.list)
      opcode = this._parts.opcode
      this._parts = null
    }
    this.frames++
    this.onlength?.(payload.length)
    this.onframe?.(payload, opcode)
  }

  _control (opcode, payload) {
    if (opcode === 9) this._write(payload, 10)
    if (opcode === 8) {
      const code = payload.length >= 2 ? payload.readUInt16BE(0) : 1005
      this._end(`${code} ${payload.toString('utf8', 2)}`)
      this.tcp.end()
    }
  }

  // `text` is a string, or bytes for a binary frame.
  send (text) {
    if (typeof text === 'string') this._write(Buffer.from(text), 1)
    else this._write(text, 2)
  }

  _write (payload, opcode) {
    if (this.closed === null) this.tcp.write(frame(payload, opcode))
  }

  drop () {
    this._end('dropped')
    this.tcp.destroy()
  }
}

// A masked frame, as RFC 6455 has clients send it.
export function frame (payload, opcode) {
  const length = payload.length
  const head = length < 126 ? 6 : length < 65536 ? 8 : 14
  const out = Buffer.allocUnsafe(head + length)
  out[0] = 128 | opcode
  if (head === 6) out[1] = 128 | length
  else if (head === 8) {
    out[1] = 254
    out.writeUInt16BE(length, 2)
  } else {
    out[1] = 255
    out.writeBigUInt64BE(BigInt(length), 2)
  }
  const mask = (Math.random() * 0xffffffff) >>> 0
  out.writeUInt32BE(mask, head - 4)
  const key = [mask >>> 24, (mask >>> 16) & 255, (mask >>> 8) & 255, mask & 255]
  for (let i = 0; i < length; i++) out[head + i] = payload[i] ^ key[i & 3]
  return out
}
